//! Loops over the elements of a row, in a form that the compiler turns into vector code: few slices at a time, each known not to
//! overlap the one that is written.

/// `y = f(y, a)`
#[inline(always)]
pub(super) fn with1<T: Copy>(y: &mut [T], a: &[T], f: impl Fn(T, T) -> T) {
    for (y, a) in y.iter_mut().zip(a) {
        *y = f(*y, *a);
    }
}

/// `y = f(y, a, b)`
#[inline(always)]
pub(super) fn with2<T: Copy>(y: &mut [T], a: &[T], b: &[T], f: impl Fn(T, T, T) -> T) {
    for ((y, a), b) in y.iter_mut().zip(a).zip(b) {
        *y = f(*y, *a, *b);
    }
}

/// `y = f(y, a, b, c)`
#[inline(always)]
pub(super) fn with3<T: Copy>(y: &mut [T], a: &[T], b: &[T], c: &[T], f: impl Fn(T, T, T, T) -> T) {
    for (((y, a), b), c) in y.iter_mut().zip(a).zip(b).zip(c) {
        *y = f(*y, *a, *b, *c);
    }
}

/// `y = f(y, a, b, c, d)`
#[inline(always)]
pub(super) fn with4<T: Copy>(
    y: &mut [T],
    a: &[T],
    b: &[T],
    c: &[T],
    d: &[T],
    f: impl Fn(T, T, T, T, T) -> T,
) {
    for ((((y, a), b), c), d) in y.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *y = f(*y, *a, *b, *c, *d);
    }
}
