"""An image of any size in, the pixels that a network takes out, with what was done to it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pyreg.data import images
from pyreg.data.encoding import scaled
from pyreg.data.samples import Samples
from pyreg.errors import refusing

# Of what else Pillow knows some start programs, and the others no one sends.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
# Pillow's names of what has a byte for each colour; of 16 bits its conversion keeps the lower ones.
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr")
OPAQUE = (255, 255)


@dataclass(frozen=True)
class ImageInput:
    """How images become the rows that a network was trained on.

    Attributes:
        shape: height, width, and 3 where the network sees colours.
        classes: their names, in the order of its outputs.
    """

    shape: tuple[int, ...]
    classes: Sequence[str]

    def pixels(self, content: bytes, name: str) -> tuple[np.ndarray, str]:
        """The image that is in a file, and what was done to it; uint8 array of `shape`.

        Its sides are stretched, as Keras' `image_dataset_from_directory` does.

        Args:
            name: what the image is called in messages.

        Raises:
            InputError: it is no image, or too large.
        """
        from PIL import Image, ImageOps  # only needed here

        height, width = self.shape[0], self.shape[1]
        with (
            refusing(
                f"{name} is no image that can be shown to the network",
                f"expected one of {', '.join(FORMATS)} of at most {images.MAX_PIXELS:,} pixels, "
                "without transparency",
            ),
            images.opened(io.BytesIO(content), FORMATS) as found,
        ):
            if found.mode not in MODES:
                raise ValueError(f"got the mode {found.mode}")
            if found.convert("RGBA").getchannel("A").getextrema() != OPAQUE:
                raise ValueError("it is transparent")
            coloured = ImageOps.exif_transpose(found).convert("RGB")
        taken = coloured if len(self.shape) == 3 else coloured.convert("L")
        done = []
        if taken is not coloured and np.ptp(np.asarray(coloured), axis=2).any():
            done.append("made grey")
        if taken.size != (width, height):
            done.append(f"made {width} x {height} of {taken.width} x {taken.height} pixels")
        resized = taken.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(resized), ", ".join(done)

    def rows(self, pixels: Sequence[np.ndarray]) -> np.ndarray:
        """What the network sees: float32 array (num_images, num_features), 0 to 1."""
        values = np.array(pixels, np.uint8).reshape(-1, *self.shape)
        return scaled(Samples(values, np.zeros(len(values)), scale=images.WHITE))


def as_png(pixels: np.ndarray) -> bytes:
    """A file that shows what a network was shown."""
    from PIL import Image  # only needed here

    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()
