"""What all blocks of the configuration share."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
FileName = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")]


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(f"got {value}, expected a number")
    return value


# For a choice of numbers, among which pydantic takes `true` for 1.
NUMBER = BeforeValidator(_no_truth)


class Section(BaseModel):
    """One block of the configuration: unknown keys stop, values are not bent into shape."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
