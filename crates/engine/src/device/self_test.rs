//! Self-test: refuses a GPU that computes other results than the processor.
//!
//! A GPU or driver that computes wrong gives a wrong text without an error. So a device is tested
//! once for every version of its driver and of this program: a few products and a small network are
//! compared with the processor. The verdict is saved, with its reason if it is bad.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{Device, Module, Tensor};
use serde::{Deserialize, Serialize};

use crate::nn::kernel::{self, Causal};

/// A device as the self-test sees it.
pub trait Candidate {
    /// Identifies the device and its driver: name and driver version.
    fn identity(&self) -> String;

    /// The results of an exercise.
    ///
    /// Errors: those of the device.
    fn compute(&self, exercise: Exercise) -> Result<Vec<f32>, String>;
}

/// A computation with fixed inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exercise {
    /// A product of two f32 matrices.
    Product,
    /// A product with a Q8_0 matrix.
    Q8_0,
    /// A product with a Q4_K matrix.
    Q4K,
    /// Gelu, swiglu and softmax with a mask, one after the other.
    Kernels,
    /// Layer norm, root-mean-square norm and rotary embedding.
    Norms,
    /// A convolution of stride 2.
    Convolution,
}

impl Exercise {
    /// Every exercise, the simplest first.
    pub const ALL: [Self; 6] = [
        Self::Product,
        Self::Q8_0,
        Self::Q4K,
        Self::Kernels,
        Self::Norms,
        Self::Convolution,
    ];

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Product => "a product of matrices",
            Self::Q8_0 => "a product with a q8_0 matrix",
            Self::Q4K => "a product with a q4_k matrix",
            Self::Kernels => "the functions between the layers",
            Self::Norms => "the norms",
            Self::Convolution => "a convolution",
        }
    }

    /// Largest relative error, in the Euclidean norm: GPUs round f32 products to 10 bits where
    /// they may, and quantise the other side of a quantised product in their own way.
    fn tolerance(self) -> f64 {
        match self {
            Self::Q8_0 | Self::Q4K => 0.02,
            Self::Product | Self::Convolution => 5e-3,
            Self::Kernels | Self::Norms => 1e-3,
        }
    }
}

/// The result of testing a device.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It computes the same as the processor.
    Right,
    /// It does not; the text says how.
    Wrong(String),
}

static FILE: OnceLock<PathBuf> = OnceLock::new();

/// Sets the file in which verdicts are saved, once; without it every load tests again.
pub fn remember_in(file: PathBuf) {
    let _ = FILE.set(file); // the first one counts
}

/// The verdict on a device that candle has opened.
pub(crate) fn verdict(device: &Device) -> Verdict {
    let candidate = Opened {
        device,
        identity: identity(device),
    };
    match FILE.get() {
        Some(file) => Verdicts::open(file).of(&candidate),
        None => test(&candidate, &Processor),
    }
}

/// The name of a GPU with the version of its driver, as reported by the system's tools.
fn identity(device: &Device) -> String {
    let (kind, tool, arguments) = match device {
        Device::Cpu => return "processor".to_owned(),
        Device::Cuda(_) => (
            "CUDA",
            "nvidia-smi",
            &["--query-gpu=name,driver_version", "--format=csv,noheader"][..],
        ),
        Device::Metal(_) => ("Metal", "sw_vers", &["-productVersion"][..]),
    };
    let output = Command::new(tool).args(arguments).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let said = said.unwrap_or_default();
    match said.lines().next() {
        Some(line) if !line.trim().is_empty() => format!("{kind}, {}", line.trim()),
        _ => format!("{kind}, driver unknown"),
    }
}

/// The verdicts on the devices of this computer, in a file.
pub struct Verdicts {
    file: PathBuf,
    known: BTreeMap<String, Verdict>,
}

impl Verdicts {
    /// Reads the verdicts in a file. A missing or invalid file counts as empty, and every device is
    /// tested again.
    pub fn open(file: &Path) -> Self {
        let text = std::fs::read(file).unwrap_or_default();
        Self {
            file: file.into(),
            known: serde_json::from_slice(&text).unwrap_or_default(),
        }
    }

    /// The verdict on a device: the saved one, or that of a test now.
    pub fn of(&mut self, candidate: &dyn Candidate) -> Verdict {
        let key = format!(
            "{}, earmark {}",
            candidate.identity(),
            env!("CARGO_PKG_VERSION")
        );
        if let Some(verdict) = self.known.get(&key) {
            return verdict.clone();
        }
        let verdict = test(candidate, &Processor);
        self.known.insert(key, verdict.clone());
        self.save();
        verdict
    }

    /// Removes every verdict, so that devices are tested again.
    pub fn forget(&mut self) {
        self.known.clear();
        self.save();
    }

    /// Saves the verdicts; if that fails, the next load tests again.
    fn save(&self) {
        let text = serde_json::to_vec_pretty(&self.known).unwrap_or_default();
        if let Some(folder) = self.file.parent() {
            let _ = std::fs::create_dir_all(folder);
        }
        let beside = self.file.with_extension("new");
        let _ = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, &self.file));
    }
}

/// Runs every exercise on both devices, up to the first that differs.
fn test(candidate: &dyn Candidate, reference: &dyn Candidate) -> Verdict {
    for exercise in Exercise::ALL {
        let compare = || -> Result<(), String> {
            let right = reference.compute(exercise)?;
            let found = candidate.compute(exercise)?;
            differs(&right, &found, exercise.tolerance())
        };
        if let Err(detail) = compare() {
            return Verdict::Wrong(format!("{} is wrong: {detail}", exercise.name()));
        }
    }
    Verdict::Right
}

/// Errors: how the results differ from the expected ones.
fn differs(right: &[f32], found: &[f32], tolerance: f64) -> Result<(), String> {
    if right.len() != found.len() {
        return Err(format!("{} values instead of {}", found.len(), right.len()));
    }
    if let Some(place) = found.iter().position(|value| !value.is_finite()) {
        return Err(format!("value {place} is {}", found[place]));
    }
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    let pairs = right.iter().zip(found);
    let error = norm(&mut pairs.map(|(a, b)| f64::from(a - b)));
    let size = norm(&mut right.iter().map(|&value| f64::from(value)));
    let relative = error / size;
    if relative <= tolerance {
        return Ok(());
    }
    Err(format!("the results are off by {:.2} %", relative * 100.0))
}

/// The processor, whose results are the expected ones.
struct Processor;

impl Candidate for Processor {
    fn identity(&self) -> String {
        "processor".into()
    }

    fn compute(&self, exercise: Exercise) -> Result<Vec<f32>, String> {
        compute_on(&Device::Cpu, exercise).map_err(|error| error.to_string())
    }
}

/// A device that candle has opened.
pub(crate) struct Opened<'a> {
    pub(crate) device: &'a Device,
    /// Name and version of the driver.
    pub(crate) identity: String,
}

impl Candidate for Opened<'_> {
    fn identity(&self) -> String {
        self.identity.clone()
    }

    fn compute(&self, exercise: Exercise) -> Result<Vec<f32>, String> {
        let compute = || compute_on(self.device, exercise);
        self.device
            .with_context(compute)
            .map_err(|error| error.to_string())
    }
}

/// Rows, columns and results of the products: whole blocks, and enough rows for every kernel.
const SIZES: [usize; 3] = [48, 512, 96];

fn compute_on(device: &Device, exercise: Exercise) -> candle_core::Result<Vec<f32>> {
    let [n_rows, n_in, n_out] = SIZES;
    let made = |seed, shape: &[usize]| {
        Tensor::from_vec(values(seed, shape.iter().product()), shape, &Device::Cpu)
    };
    let tensor = |seed, shape: &[usize]| made(seed, shape)?.to_device(device);
    let quantised = |dtype| {
        let blocks = QTensor::quantize(&made(2, &[n_out, n_in])?, dtype)?;
        let storage = QStorage::from_data(blocks.data()?, device, dtype)?;
        let matrix = QMatMul::from_qtensor(QTensor::new(storage, (n_out, n_in))?)?;
        matrix.forward(&tensor(1, &[n_rows, n_in])?)
    };
    let result = match exercise {
        Exercise::Product => tensor(1, &[n_rows, n_in])?.matmul(&tensor(2, &[n_in, n_out])?)?,
        Exercise::Q8_0 => quantised(GgmlDType::Q8_0)?,
        Exercise::Q4K => quantised(GgmlDType::Q4K)?,
        Exercise::Kernels => {
            let x = kernel::gelu(&tensor(3, &[4 * n_rows, 2 * n_rows])?)?;
            let x = kernel::swiglu(&x)?.reshape((4, n_rows, n_rows))?;
            kernel::softmax(&x.contiguous()?, Some(Causal { first: 0, n_rows }))?
        }
        Exercise::Norms => {
            let x = tensor(4, &[n_rows, n_in])?;
            let (weight, bias) = (tensor(5, &[n_in])?, tensor(6, &[n_in])?);
            let x = candle_nn::ops::layer_norm(&x, &weight, &bias, 1e-5)?;
            let x = candle_nn::ops::rms_norm(&x, &weight, 1e-6)?;
            let (cos, sin) = (tensor(7, &[n_rows, 32])?, tensor(8, &[n_rows, 32])?);
            let x = x.reshape((1, n_rows, n_in / 64, 64))?;
            candle_nn::rotary_emb::rope_thd(&x, &cos, &sin)?
        }
        Exercise::Convolution => {
            let image = tensor(9, &[2, 8, 20, 24])?;
            image.conv2d(&tensor(10, &[16, 8, 3, 3])?, 1, 2, 1, 1)?
        }
    };
    result.to_device(&Device::Cpu)?.flatten_all()?.to_vec1()
}

/// Pseudo-random numbers between -1 and 1, always the same.
fn values(seed: u32, n: usize) -> Vec<f32> {
    let mut state = seed;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    })
    .take(n)
    .collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use candle_core::Device;

    use super::{Candidate, Exercise, Opened, Processor, Verdict, Verdicts};

    /// What a device does wrong.
    #[derive(Clone, Copy)]
    enum Fault {
        None,
        /// Every 100th value is a little larger.
        Drifts,
        NotANumber,
        TooFew,
        Fails,
    }

    /// A device that computes one exercise wrong on purpose.
    struct Faulty {
        driver: &'static str,
        at: Exercise,
        fault: Fault,
        n_asked: Cell<usize>,
    }

    impl Faulty {
        fn new(at: Exercise, fault: Fault) -> Self {
            Self {
                driver: "1.0",
                at,
                fault,
                n_asked: Cell::new(0),
            }
        }
    }

    impl Candidate for Faulty {
        fn identity(&self) -> String {
            format!("made-up GPU, driver {}", self.driver)
        }

        fn compute(&self, exercise: Exercise) -> Result<Vec<f32>, String> {
            self.n_asked.set(self.n_asked.get() + 1);
            let mut values = Processor.compute(exercise)?;
            if exercise != self.at {
                return Ok(values);
            }
            match self.fault {
                Fault::None => {}
                Fault::Drifts => {
                    let values = values.iter_mut().step_by(100);
                    values.for_each(|value| *value = *value * 2.0 + 1.0);
                }
                Fault::NotANumber => values[7] = f32::NAN,
                Fault::TooFew => values.truncate(3),
                Fault::Fails => return Err("the kernel was not launched".into()),
            }
            Ok(values)
        }
    }

    fn check(at: Exercise, fault: Fault, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let mut verdicts = Verdicts::open(&folder.path().join("devices.json"));
        let verdict = verdicts.of(&Faulty::new(at, fault));
        let Verdict::Wrong(reason) = &verdict else {
            panic!("{at:?} passed");
        };
        assert!(
            reason.starts_with(at.name()) && reason.contains(expected),
            "{reason}"
        );
    }

    #[test]
    fn every_kind_of_wrong_result_is_detected() {
        for at in Exercise::ALL {
            check(at, Fault::Drifts, "off by");
        }
        check(Exercise::Q8_0, Fault::NotANumber, "value 7 is NaN");
        check(Exercise::Norms, Fault::TooFew, "3 values instead of");
        check(Exercise::Kernels, Fault::Fails, "not launched");
    }

    #[test]
    fn the_processor_and_an_equal_device_pass() {
        let folder = tempfile::tempdir().unwrap();
        let mut verdicts = Verdicts::open(&folder.path().join("devices.json"));
        let processor = Opened {
            device: &Device::Cpu,
            identity: "processor as a device".into(),
        };
        assert_eq!(verdicts.of(&processor), Verdict::Right);
        let right = Faulty::new(Exercise::Product, Fault::None);
        assert_eq!(verdicts.of(&right), Verdict::Right);
    }

    #[test]
    fn a_verdict_is_saved_until_the_driver_changes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new folder/devices.json");
        let mut device = Faulty::new(Exercise::Product, Fault::Drifts);
        let wrong = Verdicts::open(&file).of(&device);
        let n_asked = device.n_asked.get();
        assert!(n_asked > 0 && wrong != Verdict::Right);
        assert_eq!(Verdicts::open(&file).of(&device), wrong);
        assert_eq!(device.n_asked.get(), n_asked, "it was not tested again");

        device.driver = "1.1";
        device.fault = Fault::None;
        assert_eq!(Verdicts::open(&file).of(&device), Verdict::Right);
        assert!(device.n_asked.get() > n_asked);

        device.driver = "1.0";
        assert_eq!(Verdicts::open(&file).of(&device), wrong);
        Verdicts::open(&file).forget();
        assert_eq!(Verdicts::open(&file).of(&device), Verdict::Right);

        std::fs::write(&file, "damaged").unwrap();
        assert_eq!(Verdicts::open(&file).of(&device), Verdict::Right);
    }
}
