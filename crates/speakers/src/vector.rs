//! Functions of whole rows, written so that the compiler makes vector instructions of them.

/// Runs a block with the best vector instructions of this processor.
///
/// The block must be inlined for that. As `FnOnce`, a closure would be called through a function
/// that the compiler may leave as it is, so it is called as `FnMut`.
macro_rules! vectorised {
    ($body:expr) => {
        pulp::Arch::new().dispatch($crate::vector::Body(
            #[inline(always)]
            || $body,
        ))
    };
}
pub(crate) use vectorised;

/// What [`vectorised`] runs.
pub(crate) struct Body<F>(pub(crate) F);

impl<R, F: FnMut() -> R> pulp::NullaryFnOnce for Body<F> {
    type Output = R;

    #[inline(always)]
    fn call(mut self) -> R {
        (self.0)()
    }
}

/// The exponential function within -80..=80, to a relative error of 2e-7.
///
/// Source: the usual reduction to `2^n * e^r` with |r| below ln(2) / 2, and the series of `e^r`.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    /// Adding it rounds to a whole number, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-80.0, 80.0);
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-0.693_359_4, x);
    let r = n.mul_add(2.121_944_4e-4, r);
    let mut sum = 1.0 / 720.0;
    for coefficient in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = r.mul_add(sum, coefficient);
    }
    f32::from_bits(sum.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// The logistic function.
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    2.0f32.mul_add(sigmoid(2.0 * x), -1.0)
}

/// Negative numbers become 0.
pub(crate) fn relu(values: &mut [f32]) {
    vectorised!(values.iter_mut().for_each(|it| *it = it.max(0.0)));
}

/// Negative numbers become a hundredth of themselves.
pub(crate) fn leaky_relu(values: &mut [f32]) {
    vectorised!(values.iter_mut().for_each(|it| *it = it.max(0.01 * *it)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_exact_enough() {
        for n in -2_000..=2_000 {
            let x = n as f32 / 50.0;
            let (found, expected) = (f64::from(exp(x)), f64::from(x).exp());
            assert!(
                (found / expected - 1.0).abs() < 3e-7,
                "exp {x}: {found} {expected}"
            );
            let expected = 1.0 / (1.0 + f64::from(-x).exp());
            assert!(
                (f64::from(sigmoid(x)) - expected).abs() < 2e-7,
                "sigmoid {x}"
            );
            assert!(
                (f64::from(tanh(x)) - f64::from(x).tanh()).abs() < 4e-7,
                "tanh {x}"
            );
        }
    }
}
