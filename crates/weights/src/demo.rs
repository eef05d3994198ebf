//! The demo checkpoint is compiled into the program, so that it does its main job on a fresh
//! machine with nothing downloaded.

/// Its name in the catalog.
pub const DEMO: &str = "demo";

/// Names a file of the demo and takes in its content.
macro_rules! file {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../../models/demo/asr/", $name)).as_slice(),
        )
    };
}

/// Name and content of every file of the demo checkpoint that recognising needs.
pub fn demo() -> &'static [(&'static str, &'static [u8])] {
    const FILES: &[(&str, &[u8])] = &[
        file!("config.json"),
        file!("merges.txt"),
        file!("model.safetensors"),
        file!("tokenizer_config.json"),
        file!("vocab.json"),
    ];
    FILES
}
