//! `cargo bench -p earmark-engine`: the spectrogram, and a clip through two encoder and two
//! decoder layers of the 0.6B widths in every storage. Whole models: `earmark bench`.

use criterion::{Criterion, criterion_group, criterion_main};
use earmark_engine::mel::Mel;
use earmark_engine::{
    Checkpoint, DeviceChoice, Dtype, Limit, Recognizer, Request, SAMPLE_RATE, Settings, Unobserved,
};
use earmark_test_checkpoint::Shape;

/// Eight seconds of quiet noise.
fn noise() -> Vec<f32> {
    let mut state = 1u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) as f32 / 32_768.0 - 1.0) * 0.1
    })
    .take(8 * SAMPLE_RATE as usize)
    .collect()
}

fn spectrogram(criterion: &mut Criterion) {
    let (mel, samples) = (Mel::default(), noise());
    criterion.bench_function("mel, 8 s", |bencher| bencher.iter(|| mel.frames(&samples)));
}

fn layers(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let shape = Shape::QWEN3_ASR_0_6B.with_layers(2, 2).with_vocab(4096);
    earmark_test_checkpoint::write(folder.path(), &shape, 1).expect("there is room for 150 MB");
    let samples = noise();
    for dtype in [Dtype::F32, Dtype::Q8_0, Dtype::Q4K] {
        let settings = Settings {
            device: DeviceChoice::Cpu,
            dtype: Some(dtype),
        };
        let mut recognizer = Recognizer::load(&Checkpoint::folder(folder.path()), &settings)
            .expect("the checkpoint was just written");
        let request = Request {
            limit: Limit::Exactly(8),
            ..Request::default()
        };
        let name = format!("2 + 2 layers, 8 s, 8 tokens, {}", dtype.name());
        criterion.bench_function(&name, |bencher| {
            bencher.iter(|| recognizer.recognize(&samples, &request, &mut Unobserved));
        });
    }
}

criterion_group! {
    name = stages;
    config = Criterion::default().sample_size(10);
    targets = spectrogram, layers
}
criterion_main!(stages);
