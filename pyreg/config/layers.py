"""The layers before a network's hidden dense ones, each as R's keras3 and Keras call it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from pyreg.config.section import Section

Activation = Literal["relu", "tanh", "sigmoid", "elu", "gelu"]
Rate = Annotated[float, Field(ge=0, lt=1)]
Factor = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1, le=65_536)]
Padding = Literal["valid", "same"]


class Weighted(Section):
    """A layer with weights of its own."""

    trainable: bool = Field(
        True,
        exclude_if=bool,  # so that records of networks that learn as a whole stay as they were
        description="Whether training changes its weights; false: they stay as they begin.",
    )


class Penalized(Weighted):
    """A layer with a kernel of its own."""

    l1: Factor = Field(0.0, description="L1 factor on the kernel.")
    l2: Factor = Field(0.0, description="L2 factor on the kernel.")


class Reshape(Section):
    """Rows of pixels become images again."""

    kind: Literal["reshape"] = Field(description="`layer_reshape()` in R.")
    target_shape: list[Count] | None = Field(
        None, description="Sizes; none: the images' own height, width and number of colours."
    )


class Cropping(Section):
    """Without so many of the first and of the last: columns, once they are reshaped to a row."""

    kind: Literal["cropping_1d"] = Field(description="`layer_cropping_1d()` in R.")
    cropping: list[Annotated[int, Field(ge=0, le=65_536)]] = Field(
        min_length=2, max_length=2, description="How many are left out at either end."
    )


class Convolution(Penalized):
    """Filters that slide over an image, or along a sequence."""

    kind: Literal["conv_1d", "conv_2d"] = Field(description="`layer_conv_2d()` in R.")
    filters: Count = Field(description="Number of filters.")
    kernel_size: Count = Field(description="Height and width of each.")
    strides: Count = Field(1, description="Steps in which they slide.")
    padding: Padding = Field(
        "valid", description="same: zeros around, so that the size stays; valid: none."
    )
    activation: Activation | Literal["linear"] = Field("relu", description="Its activation.")


class Pooling(Section):
    """The largest value, or the mean, of each window."""

    kind: Literal[
        "max_pooling_1d", "max_pooling_2d", "average_pooling_1d", "average_pooling_2d"
    ] = Field(description="`layer_max_pooling_2d()` and so on in R.")
    pool_size: Count = Field(2, description="Height and width of the windows.")
    strides: Count | None = Field(None, description="Steps from window to window; none: its size.")
    padding: Padding = Field("valid", description="As of a convolution.")


class Simple(Section):
    """A layer without settings, Keras' defaults."""

    kind: Literal[
        "flatten",
        "global_max_pooling_1d",
        "global_max_pooling_2d",
        "global_average_pooling_1d",
        "global_average_pooling_2d",
    ] = Field(description="`layer_flatten()` and so on in R.")


class Normalization(Weighted):
    """A normalization with Keras' defaults."""

    kind: Literal["batch_normalization", "layer_normalization"] = Field(
        description="`layer_batch_normalization()` and so on in R."
    )


class Activated(Section):
    """An activation as a layer, to stand behind a normalization."""

    kind: Literal["activation"] = Field(description="`layer_activation()` in R.")
    activation: Activation = Field(description="Which one.")


class Dropout(Section):
    """Dropout of single values, or (spatial) of whole filters or dimensions."""

    kind: Literal["dropout", "spatial_dropout_1d", "spatial_dropout_2d"] = Field(
        description="`layer_dropout()` and so on in R."
    )
    rate: Rate = Field(description="Share that is dropped.")


class Flip(Section):
    """Augmentation: images are mirrored by chance, in training."""

    kind: Literal["random_flip"] = Field(description="`layer_random_flip()` in R.")
    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = Field(
        "horizontal", description="How."
    )


class Shift(Section):
    """Augmentation: images are moved by chance, in training."""

    kind: Literal["random_translation"] = Field(description="`layer_random_translation()` in R.")
    height_factor: Rate = Field(description="By at most this share of the height.")
    width_factor: Rate = Field(description="By at most this share of the width.")


class Turn(Section):
    """Augmentation: images are turned by chance, in training."""

    kind: Literal["random_rotation"] = Field(description="`layer_random_rotation()` in R.")
    factor: Rate = Field(description="By at most this share of a full turn, to either side.")


class Embedding(Weighted):
    """A vector for each word."""

    kind: Literal["embedding"] = Field(description="`layer_embedding()` in R.")
    input_dim: Count = Field(description="Number of words: `num_words` or more.")
    output_dim: Count = Field(description="Length of the vectors.")
    mask_zero: bool = Field(
        False, description="Whether recurrent layers skip the zeros that fill short sequences up."
    )
    positions: bool = Field(
        False, description="Whether a vector for its position is added to each word's."
    )


class Recurrent(Penalized):
    """A layer that reads a sequence word by word."""

    kind: Literal["lstm", "gru", "simple_rnn"] = Field(
        description="`layer_lstm()`, `layer_gru()`, `layer_simple_rnn()` in R."
    )
    units: Count = Field(description="Length of its state.")
    dropout: Rate = Field(0.0, description="Dropout on its inputs, one mask a sequence.")
    recurrent_dropout: Rate = Field(
        0.0, description="Dropout on the state that it hands on, one mask a sequence."
    )
    return_sequences: bool = Field(
        False, description="Whether it gives its output after each word, or after the last one."
    )
    bidirectional: bool = Field(
        False, description="A second one reads backwards; `bidirectional()` in R."
    )


class Encoder(Weighted):
    """A transformer's encoder: words attend to each other, then each passes two dense layers.

    What each of the two steps gives is added to what it was given, and normalized.
    """

    kind: Literal["transformer_encoder"] = Field(
        description="Of `layer_multi_head_attention()` and others in R."
    )
    num_heads: Count = Field(description="Number of attention heads.")
    key_dim: Count = Field(description="Length of each head's queries and keys.")
    units: Count = Field(description="Units of the first dense layer.")
    dropout: Rate = Field(0.0, description="Dropout on what each step gives.")
    attention_dropout: Rate = Field(0.0, description="Dropout on the weights of the attention.")


Layer = Annotated[
    Reshape
    | Cropping
    | Convolution
    | Pooling
    | Simple
    | Normalization
    | Activated
    | Dropout
    | Flip
    | Shift
    | Turn
    | Embedding
    | Recurrent
    | Encoder,
    Field(discriminator="kind"),
]


def arguments(layer: Any) -> dict[str, Any]:
    """What Keras' layer of that kind is called with; what is none is left to Keras."""
    ours = {"kind", "l1", "l2", "bidirectional", "positions"}
    return layer.model_dump(exclude=ours, exclude_none=True)


def is_branched(layer: Any) -> bool:
    """Whether its input takes two ways, so that layers do not stand in one row."""
    return isinstance(layer, Encoder) or (isinstance(layer, Embedding) and layer.positions)
