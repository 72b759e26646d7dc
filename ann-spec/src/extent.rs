//! The arithmetic of axes on plain numbers, for rules and for operations alike.

/// Why windows do not fit along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The kernel is wider than the padded axis.
    NoRoom,
    /// A kernel, stride or dilation of zero.
    Zero,
    /// A number exceeds `usize`.
    TooLarge,
}

/// Whether a window that sticks out at the far end counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Only whole windows count.
    Floor,
    /// The last window may stick out, as long as it begins inside the input or the padding before it (Caffe's pooling,
    /// `PyTorch`'s `ceil_mode`).
    Ceil,
}

/// Unwraps an option or says that a number is too large.
macro_rules! counted {
    ($value:expr) => {
        match $value {
            Some(value) => value,
            None => return Err(Unfit::TooLarge),
        }
    };
}

/// How far a window of `kernel` elements reaches: `dilation (kernel - 1) + 1`.
pub const fn reach(kernel: usize, dilation: usize) -> Result<usize, Unfit> {
    if kernel == 0 || dilation == 0 {
        return Err(Unfit::Zero);
    }
    Ok(counted!(counted!((kernel - 1).checked_mul(dilation)).checked_add(1)))
}

/// How many windows fit along one axis: `(extent + 2 pad - reach) / stride + 1`, rounded as told.
///
/// ```
/// use ann_spec::extent::{Rounding, Unfit, windows};
///
/// assert_eq!(windows(28, 5, 1, 0, 1, Rounding::Floor), Ok(24));
/// assert_eq!(windows(6, 3, 2, 0, 1, Rounding::Floor), Ok(2));
/// assert_eq!(windows(6, 3, 2, 0, 1, Rounding::Ceil), Ok(3));
/// assert_eq!(windows(4, 5, 1, 0, 1, Rounding::Floor), Err(Unfit::NoRoom));
/// ```
pub const fn windows(
    extent: usize,
    kernel: usize,
    stride: usize,
    pad: usize,
    dilation: usize,
    rounding: Rounding,
) -> Result<usize, Unfit> {
    if stride == 0 {
        return Err(Unfit::Zero);
    }
    let reach = match reach(kernel, dilation) {
        Ok(reach) => reach,
        Err(unfit) => return Err(unfit),
    };
    let padded = counted!(extent.checked_add(counted!(pad.checked_mul(2))));
    if padded < reach {
        return Err(Unfit::NoRoom);
    }
    let free = padded - reach;
    match rounding {
        Rounding::Floor => Ok(free / stride + 1),
        Rounding::Ceil => {
            let count = free.div_ceil(stride) + 1;
            // A window that begins behind the input would see nothing but padding.
            let last = counted!((count - 1).checked_mul(stride));
            if 1 < count && extent + pad <= last { Ok(count - 1) } else { Ok(count) }
        }
    }
}

/// The size from which [`windows`] with these settings gives `extent`, the smallest if there are several:
/// `(extent - 1) stride - 2 pad + reach`. It is what a transposed convolution makes.
///
/// ```
/// use ann_spec::extent::transposed;
///
/// assert_eq!(transposed(14, 4, 2, 1, 1), Ok(28));
/// ```
pub const fn transposed(
    extent: usize,
    kernel: usize,
    stride: usize,
    pad: usize,
    dilation: usize,
) -> Result<usize, Unfit> {
    if stride == 0 || extent == 0 {
        return Err(Unfit::Zero);
    }
    let reach = match reach(kernel, dilation) {
        Ok(reach) => reach,
        Err(unfit) => return Err(unfit),
    };
    let whole = counted!(counted!((extent - 1).checked_mul(stride)).checked_add(reach));
    let cut = counted!(pad.checked_mul(2));
    if whole <= cut {
        return Err(Unfit::NoRoom);
    }
    Ok(whole - cut)
}
