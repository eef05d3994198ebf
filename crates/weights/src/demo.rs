//! The demo checkpoints, compiled into the program so that it can transcribe without any download.

/// Name of the demo recogniser in the catalog.
pub const DEMO: &str = "demo";

/// Name of the demo aligner in the catalog.
pub const DEMO_ALIGNER: &str = "demo-aligner";

/// Name and content of files that are compiled into the program.
pub type Embedded = &'static [(&'static str, &'static [u8])];

/// Names a file of a demo checkpoint and takes in its content.
macro_rules! file {
    ($folder:literal, $name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../../models/demo/", $folder, "/", $name)).as_slice(),
        )
    };
}

/// The files of a demo checkpoint that the engine reads. Both use the recogniser's tokenizer, which
/// is compiled in once; a test checks that the aligner's copy is equal.
macro_rules! checkpoint {
    ($folder:literal) => {
        &[
            file!($folder, "config.json"),
            file!($folder, "model.safetensors"),
            file!("asr", "merges.txt"),
            file!("asr", "tokenizer_config.json"),
            file!("asr", "vocab.json"),
        ]
    };
}

/// Name and content of every file of the demo recogniser that recognising needs.
pub fn demo() -> Embedded {
    const FILES: Embedded = checkpoint!("asr");
    FILES
}

/// Name and content of every file of the demo aligner that aligning needs.
pub fn demo_aligner() -> Embedded {
    const FILES: Embedded = checkpoint!("aligner");
    FILES
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Embedded, demo, demo_aligner};

    fn check(files: Embedded, folder: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../models/demo")
            .join(folder);
        for (name, content) in files {
            let on_disk = std::fs::read(folder.join(name)).unwrap();
            assert!(on_disk == *content, "{name} of {}", folder.display());
        }
    }

    #[test]
    fn what_is_compiled_in_is_what_lies_in_the_folders() {
        check(demo(), "asr");
        check(demo_aligner(), "aligner");
    }
}
