//! The reference's cuts of long recordings, from `tests/golden/units.json`.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use earmark_audio::{MemorySource, SAMPLE_RATE};
use earmark_pipeline::Policy;
use earmark_pipeline::chunk::Chunks;
use earmark_tests::clips;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<usize> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n.as_u64().unwrap() as usize)
        .collect()
}

/// The samples of a row of the table.
fn signal(row: &Value) -> Vec<i16> {
    match row["clip"].as_str() {
        Some("31s") => clips::clip(31, 496_000),
        Some("180s") => clips::clip(180, 2_880_000),
        Some(other) => panic!("the table names a clip unknown here: {other}"),
        None => {
            let n_samples = row["samples"].as_u64().unwrap() as usize;
            let seed = u32::try_from(row["seed"].as_u64().unwrap()).unwrap();
            clips::noise_with_gaps(seed, n_samples, &numbers(&row["gaps"]))
        }
    }
}

#[test]
fn recordings_are_cut_where_the_reference_cuts_them() {
    let path = earmark_tests::root().join("tests/golden/units.json");
    let tables: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let rows = tables["split"].as_array().unwrap();
    assert!(rows.len() > 10, "a table of cuts");
    for row in rows {
        let limit = (row["limit_s"].as_f64().unwrap() * f64::from(SAMPLE_RATE)) as usize;
        let policy = Policy {
            limit,
            ..Policy::reference(0)
        };
        let mut source = MemorySource::new(clips::to_f32(&signal(row)));
        let mut pieces = Chunks::new(&mut source, policy);
        let (mut lengths, mut offsets) = (Vec::new(), Vec::new());
        while let Some(piece) = pieces.next_chunk().unwrap() {
            lengths.push(piece.samples.len());
            offsets.push(piece.start as f64 / f64::from(SAMPLE_RATE));
        }
        let expected: Vec<f64> = row["offsets_s"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s.as_f64().unwrap())
            .collect();
        let drift = offsets
            .iter()
            .zip(&expected)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        assert_eq!(lengths, numbers(&row["pieces"]), "{row}");
        assert!(drift < 1e-6 && offsets.len() == expected.len(), "{row}");
    }
}
