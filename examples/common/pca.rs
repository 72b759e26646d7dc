//! Principal component analysis, to compare an autoencoder with: the best that a linear one can do.

/// The mean and the leading components of a set of rows.
pub(crate) struct Pca {
    mean: Vec<f64>,
    /// Orthonormal, one after the other.
    components: Vec<Vec<f64>>,
}

impl Pca {
    /// Of `rows`, each of `width` numbers: the eigenvectors of the covariance with the largest eigenvalues, by orthogonal
    /// iteration (Golub and Van Loan, section 8.2.4).
    pub(crate) fn fit(rows: &[f32], width: usize, components: usize) -> Self {
        let count = rows.len() / width;
        let mut mean = vec![0.0; width];
        for row in rows.chunks_exact(width) {
            mean.iter_mut().zip(row).for_each(|(m, x)| *m += f64::from(*x) / count as f64);
        }
        let covariance = covariance(rows, &mean);
        // More vectors than wanted, so that the last one wanted converges fast.
        let tried = (components + 20).min(width);
        let mut basis: Vec<Vec<f64>> =
            (0..tried).map(|i| (0..width).map(|j| ((i * width + j) as f64 * 0.7).sin()).collect()).collect();
        for _ in 0..60 {
            for vector in &mut basis {
                *vector = (0..width).map(|i| dot(&covariance[i * width..][..width], vector)).collect();
            }
            orthonormalize(&mut basis);
        }
        // Within the space found, the vectors are in the order of their eigenvalues.
        basis.truncate(components);
        Self { mean, components: basis }
    }

    /// The mean squared difference between rows and what the components keep of them, over all elements.
    pub(crate) fn error(&self, rows: &[f32]) -> f64 {
        let width = self.mean.len();
        let lost: f64 = rows
            .chunks_exact(width)
            .map(|row| {
                let centred: Vec<f64> = row.iter().zip(&self.mean).map(|(x, m)| f64::from(*x) - m).collect();
                let kept: f64 = self.components.iter().map(|c| dot(c, &centred).powi(2)).sum();
                dot(&centred, &centred) - kept
            })
            .sum();
        lost / rows.len() as f64
    }
}

fn covariance(rows: &[f32], mean: &[f64]) -> Vec<f64> {
    let width = mean.len();
    let mut sum = vec![0.0; width * width];
    for row in rows.chunks_exact(width) {
        let centred: Vec<f64> = row.iter().zip(mean).map(|(x, m)| f64::from(*x) - m).collect();
        for (i, a) in centred.iter().enumerate() {
            let line = &mut sum[i * width + i..(i + 1) * width];
            line.iter_mut().zip(&centred[i..]).for_each(|(s, b)| *s += a * b);
        }
    }
    let count = (rows.len() / width) as f64;
    for i in 0..width {
        for j in i..width {
            sum[i * width + j] /= count;
            sum[j * width + i] = sum[i * width + j];
        }
    }
    sum
}

/// Gram and Schmidt, the modified form.
fn orthonormalize(basis: &mut [Vec<f64>]) {
    for i in 0..basis.len() {
        let (done, rest) = basis.split_at_mut(i);
        for other in done {
            let along = dot(other, &rest[0]);
            rest[0].iter_mut().zip(&*other).for_each(|(x, o)| *x -= along * o);
        }
        let norm = dot(&rest[0], &rest[0]).sqrt();
        rest[0].iter_mut().for_each(|x| *x /= norm);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
