"""docs/screenshots: a picture of every page at two sizes, and of the dark theme, made by `make screenshots` from the sample release.

What does not belong here: pictures of anybody's own release, which hold patient data.
Run as python -m dashboards.screenshots RELEASES FOLDER.
"""

from __future__ import annotations

import struct
import sys
import threading
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import waitress
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from dashboards.app import make_app
from dashboards.browser import FLAGS, chromium
from dashboards.page import load_pages
from dashboards.queries import Releases

SIZES = ((1366, 768), (1920, 1080))
MOST_HEIGHT = 3_000  # of a picture of a whole page


def main(releases: Path, folder: Path) -> None:
    """Write <folder>/<page>-<width>x<height>.png for every page, and <page>-dark.png."""
    folder.mkdir(parents=True, exist_ok=True)
    path = chromium()
    if path is None:
        sys.exit("screenshots: no chromium on the path; make chromium installs Debian's")
    server = waitress.create_server(make_app(releases).server, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    address = f"http://127.0.0.1:{server.effective_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for scheme, sizes in (("light", SIZES), ("dark", SIZES[:1])):
            for width, height in sizes:
                tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light")
                for name, query in _views(releases):
                    ending = "dark" if scheme == "dark" else f"{width}x{height}"
                    target = folder / f"{name}-{ending}.png"
                    target.write_bytes(palette_png(_picture(tab, address + query, width, height)))
                    print(target)
                tab.close()
        browser.close()
    server.close()


def _views(releases: Path) -> list[tuple[str, str]]:
    """Name and address of each picture: every page, and the claim with the most findings."""
    made = [((path.strip("/") or "overview"), path) for path in load_pages()]
    release = Releases(releases).get()
    found = release.rows(
        "select claim_key from finding where claim_key is not null group by claim_key order by count(*) desc, claim_key limit 1"
    )
    return made + [("claim-360-claim", f"/claim-360?claim={row['claim_key']}") for row in found]


def _picture(tab: Tab, address: str, width: int, height: int) -> bytes:
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(address)
    tab.wait_for_function("document.documentElement.dataset.shown === location.pathname + location.search")
    tab.wait_for_load_state("networkidle")
    tab.wait_for_timeout(500)  # charts and grids draw themselves after the page is there
    # The page's own height, so that nothing that sticks to the window stands in the middle of the picture.
    whole = min(max(int(tab.evaluate("document.documentElement.scrollHeight")), height), MOST_HEIGHT)
    tab.set_viewport_size({"width": width, "height": whole})
    tab.wait_for_timeout(700)
    return tab.screenshot(animations="disabled")


# --- PNG with a palette: a quarter of the bytes, without another library -----------------------------


def palette_png(png: bytes) -> bytes:
    """The same picture with at most 256 colours (the most frequent; others become the nearest of them)."""
    pixels = _decoded(png)
    height, width, _ = pixels.shape
    packed = (pixels.astype(np.uint32) * np.array([65536, 256, 1], dtype=np.uint32)).sum(axis=2)
    shades, index, counts = np.unique(packed, return_inverse=True, return_counts=True)
    # The most frequent shades are kept as they are; of the rest, close ones count together, so that no part goes without a colour.
    often = np.argsort(-counts)[:96]
    coarse, members = np.unique(shades & 0xF8F8F8, return_inverse=True)
    weight = np.bincount(members, weights=counts)
    kept = np.concatenate([shades[often], coarse[np.argsort(-weight)[:160]]])
    colours, rgb = (np.stack([some >> 16 & 255, some >> 8 & 255, some & 255], axis=1).astype(np.int32) for some in (kept, shades))
    nearest = np.array([int(np.argmin(((colours - one) ** 2).sum(axis=1))) for one in rgb], dtype=np.uint8)
    lines = np.zeros((height, width + 1), dtype=np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = nearest[index.reshape(height, width)]
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    table = colours.astype(np.uint8).tobytes()
    parts = ((b"IHDR", header), (b"PLTE", table), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def _decoded(png: bytes) -> npt.NDArray[np.uint8]:
    """Height x width x 3 of an 8-bit truecolour PNG, as the browser writes it."""
    place, data, width, height, channels = 8, b"", 0, 0, 3
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, height, _, colour, *_ = struct.unpack(">IIBBBBB", body)
            channels = 4 if colour == 6 else 3
        elif kind == b"IDAT":
            data += body
        place += 12 + length
    raw = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(height, width * channels + 1)
    made = np.zeros((height, width * channels), dtype=np.uint8)
    above = np.zeros(width * channels, dtype=np.uint8)
    for number in range(height):
        above = made[number] = _unfiltered(raw[number, 0], raw[number, 1:], above, channels)
    return made.reshape(height, width, channels)[:, :, :3]


def _unfiltered(kind: int, line: npt.NDArray[np.uint8], above: npt.NDArray[np.uint8], step: int) -> npt.NDArray[np.uint8]:
    """One line of a PNG without its filter (0 none, 1 left, 2 above, 3 mean, 4 Paeth)."""
    if kind == 0:
        return line
    if kind == 2:
        return line + above
    if kind == 1:
        return np.cumsum(line.reshape(-1, step), axis=0, dtype=np.uint8).reshape(-1)
    made, before, values = bytearray(len(line)), above.tolist(), line.tolist()
    for at, value in enumerate(values):
        left, up, corner = (made[at - step] if at >= step else 0), before[at], (before[at - step] if at >= step else 0)
        if kind == 3:
            guess = (left + up) // 2
        else:
            p = left + up - corner
            guess = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
        made[at] = (value + guess) & 255
    return np.frombuffer(bytes(made), dtype=np.uint8)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
