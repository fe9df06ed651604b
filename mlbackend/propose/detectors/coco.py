"""COCO's category names in the two orders detectors use; torchvision's meta has the same."""

from __future__ import annotations

# Ids 0..90, as torchvision and D2Go number their outputs: with gaps, 0 is the background.
_NUMBERED = (
    "person bicycle car motorcycle airplane bus train truck boat traffic_light "
    "fire_hydrant N/A stop_sign parking_meter bench bird cat dog horse sheep cow elephant bear "
    "zebra giraffe N/A backpack umbrella N/A N/A handbag tie suitcase frisbee skis snowboard "
    "sports_ball kite baseball_bat baseball_glove skateboard surfboard tennis_racket bottle N/A "
    "wine_glass cup fork knife spoon bowl banana apple sandwich orange broccoli carrot hot_dog "
    "pizza donut cake chair couch potted_plant bed N/A dining_table N/A N/A toilet N/A tv laptop "
    "mouse remote keyboard cell_phone microwave oven toaster sink refrigerator N/A book clock vase "
    "scissors teddy_bear hair_drier toothbrush"
)
COCO_91: tuple[str, ...] = (
    "__background__",
    *(name.replace("_", " ") for name in _NUMBERED.split()),
)
# The 80 that are in use, in the same order: YOLOX's outputs.
COCO_80: tuple[str, ...] = tuple(name for name in COCO_91[1:] if name != "N/A")
