//! Convolution over two axes (cross-correlation, as all deep-learning tools define it).

use crate::epilogue::Epilogue;
use crate::extents::padded;
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};
use ann_spec::extent::{Unfit, transposed};

/// Where the windows of a convolution lie. Pairs are height, width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Steps from window to window.
    pub stride: [usize; 2],
    /// Zeros around the image.
    pub pad: [usize; 2],
    /// Steps between the elements of a window.
    pub dilation: [usize; 2],
    /// Channels are split into so many groups that have nothing to do with each other.
    pub groups: usize,
}

impl Default for Windows {
    fn default() -> Self {
        Self::UNIT
    }
}

impl Windows {
    /// Stride and dilation 1, no padding, one group.
    pub const UNIT: Self = Self { stride: [1; 2], pad: [0; 2], dilation: [1; 2], groups: 1 };

    /// The sizes of the output for an input `[n, c, h, w]` and a weight `[o, c / groups, kh, kw]`.
    fn output(self, x: Extents, w: Extents) -> Result<Extents, String> {
        let ([n, c, height, width], [o, per_group, kh, kw]) = (&x[..], &w[..]) else {
            return Err("it takes images [n, c, h, w] and a weight [o, c / groups, kh, kw]".into());
        };
        let groups = self.groups;
        if groups == 0 || c % groups != 0 || o % groups != 0 {
            return Err(format!("groups = {groups} does not divide {c} and {o} channels"));
        }
        if c / groups != *per_group {
            return Err(format!("the weight takes {per_group} channels a group, there are {}", c / groups));
        }
        let mut out = [0; 2];
        for (axis, (extent, kernel)) in [(*height, *kh), (*width, *kw)].into_iter().enumerate() {
            let (stride, dilation) = (self.stride[axis], self.dilation[axis]);
            if stride == 0 || dilation == 0 || kernel == 0 {
                return Err("stride, dilation and kernel are at least 1".into());
            }
            let room = padded(extent, self.pad[axis])?;
            let reach = dilation.saturating_mul(kernel - 1).saturating_add(1);
            if room < reach {
                return Err(format!("a window of {reach} does not fit on {room}"));
            }
            out[axis] = (room - reach) / stride + 1;
        }
        Extents::new(&[*n, *o, out[0], out[1]]).map_err(|error| error.to_string())
    }

    /// The sizes of the output of a transposed convolution of an input `[n, c, h, w]` by a weight `[c, o / groups, kh, kw]`.
    pub(super) fn transposed_output(self, x: Extents, w: Extents) -> Result<Extents, String> {
        let ([n, c, height, width], [channels, per_group, kh, kw]) = (&x[..], &w[..]) else {
            return Err("it takes images [n, c, h, w] and a weight [c, o / groups, kh, kw]".into());
        };
        let groups = self.groups;
        if groups == 0 || c % groups != 0 {
            return Err(format!("groups = {groups} does not divide {c} channels"));
        }
        if c != channels {
            return Err(format!("the weight takes {channels} channels, there are {c}"));
        }
        let outputs = per_group.checked_mul(groups).ok_or("the sizes are beyond counting")?;
        let mut out = [0; 2];
        for (axis, (extent, kernel)) in [(*height, *kh), (*width, *kw)].into_iter().enumerate() {
            let (stride, pad, dilation) = (self.stride[axis], self.pad[axis], self.dilation[axis]);
            out[axis] = transposed(extent, kernel, stride, pad, dilation).map_err(|unfit| match unfit {
                Unfit::Zero => {
                    "stride, dilation, kernel and both sides of the image are at least 1".to_owned()
                }
                Unfit::NoRoom => format!("a padding of {pad} cuts off all that there is"),
                Unfit::TooLarge => "the sizes are beyond counting".to_owned(),
            })?;
        }
        Extents::new(&[*n, outputs, out[0], out[1]]).map_err(|error| error.to_string())
    }

    /// Calls `f(y index, x index, w index)` for every product of the convolution.
    pub(super) fn products(self, x: Extents, w: Extents, y: Extents, mut f: impl FnMut(usize, usize, usize)) {
        let (c, height, width) = (x[1], x[2], x[3]);
        let (per_group, kh, kw) = (w[1], w[2], w[3]);
        let (o, oh, ow) = (y[1], y[2], y[3]);
        for (image, filter, i, j) in indices([y[0], o, oh, ow]) {
            let group = filter / (o / self.groups);
            let at = ((image * o + filter) * oh + i) * ow + j;
            for (channel, k, l) in
                (0..per_group).flat_map(|c| (0..kh).flat_map(move |k| (0..kw).map(move |l| (c, k, l))))
            {
                let row = (i * self.stride[0] + k * self.dilation[0]).wrapping_sub(self.pad[0]);
                let column = (j * self.stride[1] + l * self.dilation[1]).wrapping_sub(self.pad[1]);
                if row < height && column < width {
                    let from = ((image * c + group * per_group + channel) * height + row) * width + column;
                    f(at, from, ((filter * per_group + channel) * kh + k) * kw + l);
                }
            }
        }
    }
}

fn indices([a, b, c, d]: [usize; 4]) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    (0..a).flat_map(move |a| {
        (0..b).flat_map(move |b| (0..c).flat_map(move |c| (0..d).map(move |d| (a, b, c, d))))
    })
}

/// `y[n, o, i, j] = sum of x[n, c, i s + k d - p, j s + l d - p] w[o, c, k, l]` over channels of the group and the window.
///
/// `x` is `[n, c, h, w]`, `w` `[o, c / groups, kh, kw]`, `y` `[n, o, h', w']`, `h' = (h + 2 p - d (kh - 1) - 1) / s + 1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conv2d {
    /// Where the windows lie.
    pub windows: Windows,
}

/// [`Conv2d`] with a bias `[o]` a channel, and an activation that a plan may have joined to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conv2dBias {
    /// Where the windows lie.
    pub windows: Windows,
    /// What a plan joined to it.
    pub epilogue: Epilogue,
}

const STRIDED: Windows = Windows { stride: [2, 1], pad: [1, 2], dilation: [1, 2], groups: 1 };
const GROUPED: Windows = Windows { stride: [1, 2], pad: [1, 0], dilation: [1, 1], groups: 2 };

impl Op<2> for Conv2d {
    const NAME: &'static str = "conv2d";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable; 2];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "plain",
            op: Self { windows: Windows::UNIT },
            inputs: &[Fill::normal(&[2, 3, 4, 5]), Fill::normal(&[2, 3, 3, 2])],
        },
        Case {
            name: "strided, padded, dilated",
            op: Self { windows: STRIDED },
            inputs: &[Fill::normal(&[2, 2, 5, 4]), Fill::normal(&[3, 2, 3, 2])],
        },
        Case {
            name: "groups",
            op: Self { windows: GROUPED },
            inputs: &[Fill::normal(&[1, 4, 3, 5]), Fill::normal(&[6, 2, 2, 2])],
        },
        Case {
            name: "a filter a channel",
            op: Self { windows: Windows { groups: 3, ..Windows::UNIT } },
            inputs: &[Fill::normal(&[2, 3, 3, 4]), Fill::normal(&[6, 1, 2, 3])],
        },
        Case {
            name: "one by one",
            op: Self { windows: Windows::UNIT },
            inputs: &[Fill::normal(&[2, 3, 3, 1]), Fill::normal(&[4, 3, 1, 1])],
        },
        Case {
            name: "stride longer than the window",
            op: Self { windows: Windows { stride: [3, 2], ..Windows::UNIT } },
            inputs: &[Fill::normal(&[1, 2, 7, 5]), Fill::normal(&[3, 2, 2, 1])],
        },
    ];

    fn shape(&self, [x, w]: [Extents; 2]) -> Result<Extents, String> {
        self.windows.output(x, w)
    }

    fn forward<T: Scalar>(&self, [x, w]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        y.fill(T::ZERO);
        self.windows.products(x.extents, w.extents, y.extents, |yi, xi, wi| y[yi] += x[xi] * w[wi]);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, dw]: [&mut [T]; 2]) {
        let [x, w] = saved.x;
        self.windows.products(x.extents, w.extents, saved.y.extents, |yi, xi, wi| {
            if let Some(dx) = dx.get_mut(xi) {
                *dx += dy[yi] * w[wi];
            }
            if let Some(dw) = dw.get_mut(wi) {
                *dw += dy[yi] * x[xi];
            }
        });
    }
}

const BIASED: &[Fill] = &[Fill::normal(&[2, 2, 4, 3]), Fill::normal(&[4, 1, 2, 2]), Fill::normal(&[4])];

impl Op<3> for Conv2dBias {
    const NAME: &'static str = "conv2d_bias";
    // The epilogue's slope is told by the output.
    const SAVES: Saves = Saves::inputs(&[0, 1]).and_output();
    const ROLES: [Role; 3] = [Role::Differentiable; 3];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "plain", op: Self { windows: GROUPED, epilogue: Epilogue::None }, inputs: BIASED },
        Case { name: "relu", op: Self { windows: GROUPED, epilogue: Epilogue::Relu }, inputs: BIASED },
        Case { name: "tanh", op: Self { windows: GROUPED, epilogue: Epilogue::Tanh }, inputs: BIASED },
        Case { name: "sigmoid", op: Self { windows: GROUPED, epilogue: Epilogue::Sigmoid }, inputs: BIASED },
        Case {
            name: "strided, padded, dilated",
            op: Self { windows: STRIDED, epilogue: Epilogue::None },
            inputs: &[Fill::normal(&[2, 2, 5, 4]), Fill::normal(&[3, 2, 3, 2]), Fill::normal(&[3])],
        },
    ];

    fn shape(&self, [x, w, b]: [Extents; 3]) -> Result<Extents, String> {
        let y = self.windows.output(x, w)?;
        if b[..] == [w[0]] { Ok(y) } else { Err(format!("the bias has to be [{}], not {b}", w[0])) }
    }

    fn forward<T: Scalar>(&self, [x, w, b]: [View<'_, T>; 3], mut y: Output<'_, T>) {
        let plane = y.extents[2] * y.extents[3];
        for (i, y) in y.iter_mut().enumerate() {
            *y = b[i / plane % b.len()];
        }
        self.windows.products(x.extents, w.extents, y.extents, |yi, xi, wi| y[yi] += x[xi] * w[wi]);
        for y in y.iter_mut() {
            *y = self.epilogue.apply(*y);
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 3>, dy: &[T], [dx, dw, db]: [&mut [T]; 3]) {
        let [x, w, b] = saved.x;
        let plane = saved.y.extents[2] * saved.y.extents[3];
        let dz = |i: usize| self.epilogue.through(dy[i], saved.y[i]);
        if !db.is_empty() {
            for i in 0..dy.len() {
                db[i / plane % b.extents[0]] += dz(i);
            }
        }
        self.windows.products(x.extents, w.extents, saved.y.extents, |yi, xi, wi| {
            if let Some(dx) = dx.get_mut(xi) {
                *dx += dz(yi) * w[wi];
            }
            if let Some(dw) = dw.get_mut(wi) {
                *dw += dz(yi) * x[xi];
            }
        });
    }
}
