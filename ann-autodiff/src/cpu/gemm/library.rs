//! The product by a library, chosen by feature: the same tasks, each handed to it whole.
//!
//! Both libraries allocate room for their panels on every call, so that with them a step does allocate.

use super::{Into, Product, Run, Shared};
use crate::{Dtype, Scalar};

/// Computes the product.
pub(super) fn compute<T: Scalar>(product: &Product, run: Run<'_>, a: &[T], b: &[T], c: &mut [T], into: Into) {
    let Product { m, n, k, .. } = *product;
    let [rows, columns] = product.task;
    let (n_rows, n_columns) = (m.div_ceil(rows), n.div_ceil(columns));
    let c = Shared(c.as_mut_ptr());
    run(n_rows * n_columns, &|number, _| {
        let (row, column) = (number % n_rows * rows, number / n_rows * columns);
        let sizes = [rows.min(m - row), columns.min(n - column), k];
        let a = if k == 0 { a } else { &a[row * product.a.row..] };
        let b = if k == 0 { b } else { &b[column * product.b.column..] };
        // SAFETY: `compute` of the product checked that all three are as large as their strides say; tasks have different rows
        // or columns of C.
        unsafe {
            multiply(
                product,
                sizes,
                a.as_ptr(),
                b.as_ptr(),
                c.at(row * product.c.row + column * product.c.column),
                into,
            );
        };
    });
}

#[cfg(feature = "matrixmultiply")]
unsafe fn multiply<T: Scalar>(
    p: &Product,
    [m, n, k]: [usize; 3],
    a: *const T,
    b: *const T,
    c: *mut T,
    into: Into,
) {
    let [a_row, a_column] = [p.a.row.cast_signed(), p.a.column.cast_signed()];
    let [b_row, b_column] = [p.b.row.cast_signed(), p.b.column.cast_signed()];
    let [c_row, c_column] = [p.c.row.cast_signed(), p.c.column.cast_signed()];
    let beta = if into == Into::Sum { 1.0 } else { 0.0 };
    // SAFETY: the caller's promise; `T` is the type that its constant says.
    unsafe {
        match T::DTYPE {
            Dtype::F32 => matrixmultiply::sgemm(
                m,
                k,
                n,
                1.0,
                a.cast(),
                a_row,
                a_column,
                b.cast(),
                b_row,
                b_column,
                beta as f32,
                c.cast(),
                c_row,
                c_column,
            ),
            Dtype::F64 => matrixmultiply::dgemm(
                m,
                k,
                n,
                1.0,
                a.cast(),
                a_row,
                a_column,
                b.cast(),
                b_row,
                b_column,
                beta,
                c.cast(),
                c_row,
                c_column,
            ),
        }
    }
}

#[cfg(all(feature = "gemm", not(feature = "matrixmultiply")))]
unsafe fn multiply<T: Scalar>(
    p: &Product,
    sizes: [usize; 3],
    a: *const T,
    b: *const T,
    c: *mut T,
    into: Into,
) {
    // SAFETY: the caller's promise; `T` is the type that its constant says.
    unsafe {
        match T::DTYPE {
            Dtype::F32 => by_gemm(p, sizes, a.cast::<f32>(), b.cast(), c.cast(), into, 1.0),
            Dtype::F64 => by_gemm(p, sizes, a.cast::<f64>(), b.cast(), c.cast(), into, 1.0),
        }
    }
}

#[cfg(all(feature = "gemm", not(feature = "matrixmultiply")))]
unsafe fn by_gemm<F: 'static + Copy>(
    p: &Product,
    [m, n, k]: [usize; 3],
    a: *const F,
    b: *const F,
    c: *mut F,
    into: Into,
    one: F,
) {
    let [a_row, a_column] = [p.a.row.cast_signed(), p.a.column.cast_signed()];
    let [b_row, b_column] = [p.b.row.cast_signed(), p.b.column.cast_signed()];
    let [c_row, c_column] = [p.c.row.cast_signed(), p.c.column.cast_signed()];
    let none = gemm::Parallelism::None;
    let sum = into == Into::Sum;
    // SAFETY: the caller's promise.
    unsafe {
        gemm::gemm(
            m, n, k, c, c_column, c_row, sum, a, a_column, a_row, b, b_column, b_row, one, one, false, false,
            false, none,
        );
    }
}
