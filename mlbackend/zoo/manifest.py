"""The weights this project knows by name.

An entry says how to feed a file as well as where it comes from: colour order and range differ
per net, and a wrong guess still gives plausible boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WeightsKind(StrEnum):
    """How a weights file is run."""

    TORCHVISION = "torchvision"
    TORCHSCRIPT = "torchscript"
    ONNX = "onnx"


@dataclass(frozen=True, slots=True)
class Weights:
    """One weights file.

    `file_names` are the names it is found under, the preferred one first. `sha256` is the whole
    digest or its first characters; empty where it is not known. `person_index` is the class
    index of "person" in the net's own output.
    """

    name: str
    title: str
    kind: WeightsKind
    file_names: tuple[str, ...]
    sha256: str
    licence: str
    source: str
    preprocessing: str
    label_order: str
    person_index: int
    url: str = ""


_COCO_91 = "COCO's 91 category ids; 0 is background, 1 is person"

WEIGHTS: dict[str, Weights] = {
    entry.name: entry
    for entry in (
        Weights(
            name="fasterrcnn_mobilenet_v3_large_320_fpn",
            title="Faster R-CNN, MobileNetV3-Large 320 FPN (torchvision, COCO_V1)",
            kind=WeightsKind.TORCHVISION,
            file_names=("fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth",),
            sha256="907ea3f9",
            licence="BSD-3-Clause (torchvision)",
            source="torchvision FasterRCNN_MobileNet_V3_Large_320_FPN_Weights.COCO_V1",
            preprocessing="RGB, 0..1, CHW; the net resizes and normalizes itself",
            label_order=_COCO_91,
            person_index=1,
            url="https://download.pytorch.org/models/"
            "fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth",
        ),
        Weights(
            name="fasterrcnn_resnet50_fpn_v2",
            title="Faster R-CNN, ResNet-50 FPN v2 (torchvision, COCO_V1)",
            kind=WeightsKind.TORCHVISION,
            file_names=("fasterrcnn_resnet50_fpn_v2_coco-dd69338a.pth",),
            sha256="dd69338a",
            licence="BSD-3-Clause (torchvision)",
            source="torchvision FasterRCNN_ResNet50_FPN_V2_Weights.COCO_V1",
            preprocessing="RGB, 0..1, CHW; the net resizes and normalizes itself",
            label_order=_COCO_91,
            person_index=1,
            url="https://download.pytorch.org/models/fasterrcnn_resnet50_fpn_v2_coco-dd69338a.pth",
        ),
        Weights(
            name="d2go_fasterrcnn",
            title="Faster R-CNN, FBNetV3A C4, int8 (D2Go, TorchScript)",
            kind=WeightsKind.TORCHSCRIPT,
            file_names=("d2go_fasterrcnn_android.pt", "d2go_fasterrcnn.pt", "d2go.pt"),
            sha256="a83b0798d5c4fce6c96fe27f9f0b22408d64a3faf76285b0e45047fab322ecdd",
            licence="Apache-2.0 (facebookresearch/d2go)",
            source="pytorch/android-demo-app, D2Go/ObjectDetection, d2go.pt",
            preprocessing="BGR, 0..1, CHW, a list of one tensor; engine qnnpack; "
            "the net rescales the short side to 320 itself",
            label_order="COCO ids as D2Go numbers them; 1 is person",
            person_index=1,
        ),
        Weights(
            name="yolox_nano",
            title="YOLOX-nano 416 (ONNX)",
            kind=WeightsKind.ONNX,
            file_names=("yolox_nano_kazuhito.onnx", "yolox_nano.onnx"),
            sha256="695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
            licence="Apache-2.0",
            source="Kazuhito00/YOLOX-ONNX-TFLite-Sample, model/yolox_nano.onnx",
            preprocessing="BGR, 0..255 float, letterboxed top left with 114, NCHW",
            label_order="COCO's 80 classes; 0 is person",
            person_index=0,
        ),
    )
}
