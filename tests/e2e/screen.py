"""What a person does in the editor, in the test's words."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

MARGIN_PX = 8


@dataclass
class Editor:
    """The editor of one video, `width` × `height` source pixels, with the whole picture shown."""

    page: Page
    width: int
    height: int

    @classmethod
    def open(cls, page: Page, project_id: int, video: dict, query: str = "") -> "Editor":
        page.goto(f"/projects/{project_id}/videos/{video['id']}{query}")
        return cls.here(page, video)

    @classmethod
    def here(cls, page: Page, video: dict) -> "Editor":
        editor = cls(page, video["width"], video["height"])
        page.get_by_test_id("editor").wait_for()
        expect(page.get_by_text("Loading the video")).to_have_count(0, timeout=20_000)
        return editor

    def press(self, *keys: str) -> "Editor":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def tubes(self) -> Locator:
        return self.page.get_by_test_id("tube")

    def choose(self, tube_id: str) -> None:
        self.page.locator(f"[data-tube='{tube_id}']").get_by_role("button").first.click()

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a source pixel lies on the screen while the whole picture is shown."""
        stage = self.page.get_by_test_id("stage").bounding_box()
        assert stage is not None
        scale = min(
            (stage["width"] - 2 * MARGIN_PX) / self.width,
            (stage["height"] - 2 * MARGIN_PX) / self.height,
        )
        left = stage["x"] + (stage["width"] - self.width * scale) / 2
        top = stage["y"] + (stage["height"] - self.height * scale) / 2
        return left + x * scale, top + y * scale

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag from one source pixel to another."""
        self.page.mouse.move(*self.at(*start))
        self.page.mouse.down()
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        for point in (middle, end, end):
            self.page.mouse.move(*self.at(*point))
        self.page.mouse.up()

    def draw(self, box: tuple[float, float, float, float]) -> None:
        self.press("n")
        self.drag(box[:2], box[2:])

    def go_to(self, frame: int) -> None:
        """Step to a frame by keyboard."""
        self.press("Escape", "Escape")
        while (now := self.frame()) != frame:
            apart = frame - now
            big = abs(apart) >= 10
            key = ("v" if apart > 0 else "c") if big else ("f" if apart > 0 else "d")
            self.press(key)
            expect(self.position()).to_have_attribute(
                "data-frame", str(now + (10 if big else 1) * (1 if apart > 0 else -1))
            )

    def position(self) -> Locator:
        return self.page.get_by_test_id("position")

    def frame(self) -> int:
        return int(self.position().get_attribute("data-frame") or "-1")

    def saved(self) -> None:
        """Wait until everything is stored on the server."""
        expect(self.page.get_by_test_id("save-state")).to_contain_text("Saved", timeout=20_000)
