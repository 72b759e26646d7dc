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

#[cfg(test)]
mod tests {
    use super::*;

    /// The windows as one would count them by hand.
    fn counted(extent: usize, kernel: usize, stride: usize, pad: usize, rounding: Rounding) -> Option<usize> {
        let padded = extent + 2 * pad;
        let starts = (0..).map(|window| window * stride);
        match rounding {
            Rounding::Floor => Some(starts.take_while(|start| start + kernel <= padded).count()),
            // Every window up to the first that reaches the end, if it begins inside the input or the padding before it.
            Rounding::Ceil => {
                let before = starts.clone().take_while(|start| start + kernel < padded).count();
                let last = before * stride;
                Some(before + usize::from(before == 0 || last < extent + pad))
            }
        }
        .filter(|_| kernel <= padded)
    }

    #[test]
    fn windows_are_as_many_as_one_counts() {
        for extent in 1..12 {
            for kernel in 1..6 {
                for stride in 1..5 {
                    for pad in 0..kernel {
                        for rounding in [Rounding::Floor, Rounding::Ceil] {
                            let found = windows(extent, kernel, stride, pad, 1, rounding).ok();
                            let case = (extent, kernel, stride, pad, rounding);
                            assert_eq!(found, counted(extent, kernel, stride, pad, rounding), "{case:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_dilated_window_reaches_as_far_as_its_last_element() {
        assert_eq!(reach(3, 2), Ok(5));
        assert_eq!(windows(9, 3, 1, 0, 2, Rounding::Floor), windows(9, 5, 1, 0, 1, Rounding::Floor));
    }

    #[test]
    fn transposed_windows_lead_back() {
        for (extent, kernel, stride, pad) in [(7, 4, 2, 1), (5, 3, 1, 1), (4, 2, 2, 0)] {
            let size = transposed(extent, kernel, stride, pad, 1).unwrap();
            assert_eq!(windows(size, kernel, stride, pad, 1, Rounding::Floor), Ok(extent));
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_said_to_be_too_large() {
        assert_eq!(windows(usize::MAX - 1, 3, 1, 1, 1, Rounding::Floor), Err(Unfit::TooLarge));
        assert_eq!(reach(usize::MAX, 2), Err(Unfit::TooLarge));
        assert_eq!(transposed(usize::MAX, 1, 2, 0, 1), Err(Unfit::TooLarge));
        assert_eq!(windows(4, 2, 0, 0, 1, Rounding::Floor), Err(Unfit::Zero));
    }
}
