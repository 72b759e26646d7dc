//! A measurement: how fast the layers of known networks are, each pass by itself.

use std::time::Instant;

use crate::backend::{Backward, Forward, Gradient};
use crate::cpu::select;
use crate::op::{Erased, Moment, Output, View};
use crate::ops::{Conv2d, Windows};
use crate::{Cpu, Extents};

#[test]
#[ignore = "a measurement; run it in a release build, with --nocapture"]
fn rates() {
    let cpu = Cpu::with_threads(1);
    // Images, channels, side, filters, kernel, stride, padding, groups.
    for (what, [n, c, side, filters, kernel, stride, pad, groups]) in [
        ("resnet 1", [8, 3, 224, 64, 7, 2, 3, 1]),
        ("resnet 2", [8, 64, 56, 64, 3, 1, 1, 1]),
        ("resnet 3 halving", [8, 64, 56, 128, 3, 2, 1, 1]),
        ("resnet 3 across", [8, 64, 56, 128, 1, 2, 0, 1]),
        ("resnet 3", [8, 128, 28, 128, 3, 1, 1, 1]),
        ("resnet 4 halving", [8, 128, 28, 256, 3, 2, 1, 1]),
        ("resnet 4 across", [8, 128, 28, 256, 1, 2, 0, 1]),
        ("resnet 4", [8, 256, 14, 256, 3, 1, 1, 1]),
        ("resnet 5 halving", [8, 256, 14, 512, 3, 2, 1, 1]),
        ("resnet 5 across", [8, 256, 14, 512, 1, 2, 0, 1]),
        ("resnet 5", [8, 512, 7, 512, 3, 1, 1, 1]),
        ("lenet 1", [64, 1, 28, 20, 5, 1, 0, 1]),
        ("lenet 2", [64, 20, 12, 50, 5, 1, 0, 1]),
        ("alexnet 1", [16, 3, 227, 96, 11, 4, 0, 1]),
        ("alexnet 2", [16, 96, 27, 256, 5, 1, 2, 2]),
        ("alexnet 3", [16, 256, 13, 384, 3, 1, 1, 1]),
        ("alexnet 4", [16, 384, 13, 384, 3, 1, 1, 2]),
        ("alexnet 5", [16, 384, 13, 256, 3, 1, 1, 2]),
    ] {
        // `LAYER=lenet` measures those alone.
        if std::env::var("LAYER").is_ok_and(|wanted| !what.contains(&wanted)) {
            continue;
        }
        let out = (side + 2 * pad - kernel) / stride + 1;
        let extents = |dims: &[usize]| Extents::new(dims).expect("sizes");
        let at = extents(&[n, c, side, side]);
        let w_at = extents(&[filters, c / groups, kernel, kernel]);
        let y_at = extents(&[n, filters, out, out]);
        let windows = Windows { stride: [stride; 2], pad: [pad; 2], dilation: [1; 2], groups };
        let op = Erased(Conv2d { windows });
        let Some(kernel_of) = select::kernel::<f32>(&cpu, &op, &[at, w_at], y_at) else { continue };
        let drawn = |len: usize| (0..len).map(|i| (i % 13) as f32 * 0.1 - 0.6).collect::<Vec<f32>>();
        let (x, w, dy) = (drawn(at.count()), drawn(w_at.count()), drawn(y_at.count()));
        let (mut y, mut dx, mut dw) = (dy.clone(), x.clone(), w.clone());
        let mut scratch = vec![0.0; kernel_of.scratch()];
        let views = [View { data: &x[..], extents: at }, View { data: &w[..], extents: w_at }];
        let mut best = [f64::INFINITY; 3];
        for _ in 0..9 {
            let start = Instant::now();
            let to = Output { data: &mut y, extents: y_at, kept: &mut [], moment: Moment::default() };
            kernel_of.forward(Forward { x: &views, held: &[], y: to, scratch: &mut scratch });
            best[0] = best[0].min(start.elapsed().as_secs_f64());
            for (pass, best) in best.iter_mut().enumerate().skip(1) {
                let start = Instant::now();
                let mut wanted = [
                    Gradient { data: if pass == 1 { &mut dx[..] } else { &mut [] }, fresh: true },
                    Gradient { data: if pass == 2 { &mut dw[..] } else { &mut [] }, fresh: true },
                ];
                kernel_of.backward(Backward {
                    x: &views,
                    y: View { data: &[], extents: y_at },
                    kept: &[],
                    moment: Moment::default(),
                    dy: &dy,
                    dx: &mut wanted,
                    scratch: &mut scratch,
                });
                *best = best.min(start.elapsed().as_secs_f64());
            }
        }
        let flops = 2.0 * (y_at.count() * c / groups * kernel * kernel) as f64;
        let [forward, by_input, by_weight] =
            best.map(|time| format!("{:7.3} ms {:5.1} GFLOP/s", 1e3 * time, 1e-9 * flops / time));
        let megabytes = scratch.len() as f64 * 4e-6;
        eprintln!(
            "{what:18} forward {forward}  by input {by_input}  by weight {by_weight}  scratch {megabytes:.1} MB"
        );
    }
}
