//! Tests of the macro without the compiler.
