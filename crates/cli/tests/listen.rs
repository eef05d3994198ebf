//! `earmark listen` and `earmark devices` with a real sound server and a virtual microphone:
//! what is played into it is recorded, recognised and timed.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

mod kills;
#[path = "../../audio/tests/capture/server.rs"]
mod server;

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use earmark_audio::{Recording, SAMPLE_RATE, Source as _};
use earmark_transcript::{Ms, score};
use serde_json::Value;

use self::kills::{Random, n_kills};
use self::server::{control, play, with_server};

const MICROPHONE: &str = "pulseaudio:microphone.monitor";

/// Longest wait; generous, because a machine can be busy.
const DEADLINE: Duration = Duration::from_mins(4);

/// Samples used to find a position in the recording.
const PART: usize = 2_000;

/// Samples that a killed process may lose at most. Units: samples.
const LOSS_MOST: usize = 8_000;

fn sample(name: &str) -> PathBuf {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    samples.join(name)
}

fn read(path: &Path) -> Vec<f32> {
    let mut recording = Recording::open(path).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = recording.next_block().unwrap() {
        samples.extend(block);
    }
    samples
}

/// Where `part` begins in `whole`, and how like it that place is.
fn find(part: &[f32], whole: &[f32]) -> (usize, f32) {
    let power = |samples: &[f32]| samples.iter().map(|s| s * s).sum::<f32>();
    let mut powers = vec![0.0f64];
    powers.extend(whole.iter().scan(0.0, |sum, s| {
        *sum += f64::from(s * s);
        Some(*sum)
    }));
    let own = power(part);
    let likeness = |at: usize| {
        let window = &whole[at..at + part.len()];
        let dot: f32 = part.iter().zip(window).map(|(a, b)| a * b).sum();
        let power = (powers[at + part.len()] - powers[at]) as f32;
        dot / (own * power).sqrt().max(1e-9)
    };
    (0..=whole.len().saturating_sub(part.len()))
        .map(|at| (at, likeness(at)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap()
}

/// A running `earmark` with its output.
struct Earmark {
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
}

impl Earmark {
    fn start(command: &mut Command) -> Self {
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let out = lines(child.stdout.take().unwrap());
        let err = lines(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    /// Listens to the microphone, and waits until recording has begun and the model is loaded.
    fn listen(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
        command
            .args(["listen", "--device", MICROPHONE])
            .args(arguments);
        let earmark = Self::start(&mut command);
        earmark.says("listening to");
        earmark.says("using the built-in model");
        earmark
    }

    /// Waits for a line on standard error that contains `what`.
    #[track_caller]
    fn says(&self, what: &str) -> String {
        loop {
            let line = self.err.recv_timeout(DEADLINE);
            let line = line.unwrap_or_else(|_| panic!("it never said \"{what}\""));
            if line.contains(what) {
                return line;
            }
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; the exit code and the rest of both streams.
    fn end(mut self) -> (Option<i32>, String, String) {
        let status = self.child.wait().unwrap();
        let rest = |lines: &Receiver<String>| lines.iter().collect::<Vec<_>>().join("\n");
        (status.code(), rest(&self.out), rest(&self.err))
    }
}

impl Drop for Earmark {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (lines, received) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let _ = lines.send(line);
        }
    });
    received
}

/// Word borders in a transcript or a reference. Units: ms.
fn borders(json: &Value, shift_ms: f64) -> Vec<(String, [Option<f64>; 2])> {
    let segments = json["segments"].as_array();
    let words: Vec<&Value> = match segments {
        Some(segments) => segments
            .iter()
            .flat_map(|it| it["words"].as_array().unwrap())
            .collect(),
        None => json["words"].as_array().unwrap().iter().collect(),
    };
    let word = |word: &Value| {
        let text = score::normalise(word["text"].as_str().unwrap());
        let time = |key: &str| word[key].as_f64().map(|ms| ms - shift_ms);
        (text, [time("start_ms"), time("end_ms")])
    };
    words.into_iter().map(word).collect()
}

#[test]
fn played_speech_is_recorded_transcribed_and_timed() {
    with_server("played_speech_is_recorded_transcribed_and_timed", || {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (recording, transcript) = (at("talk.wav"), at("talk.json"));
        let earmark = Earmark::listen(&[
            "--caption",
            "--record",
            &recording,
            "--format",
            "json",
            "--output",
            &transcript,
        ]);
        let source = read(&sample("en-01.flac"));
        let truth = std::fs::read_to_string(sample("en-01.txt")).unwrap();
        play("microphone", &source);
        let live = earmark.out.recv_timeout(DEADLINE).unwrap();
        assert_eq!(live.trim(), truth.trim());
        earmark.signal("-INT");
        let (code, rest, complaints) = earmark.end();
        assert_eq!((code, rest.as_str()), (Some(0), ""), "{complaints}");

        let heard = read(recording.as_ref());
        let (first, last) = (8_000, source.len() - 16_000);
        let (at, likeness) = find(&source[first..first + PART], &heard);
        assert!(likeness > 0.99, "{likeness} at {at}");
        // The end is at the right place, so nothing between was lost.
        let around = at - first + last - 2..at - first + last + PART + 2;
        let (_, likeness) = find(&source[last..last + PART], &heard[around]);
        assert!(likeness > 0.99, "{likeness} at the end");

        let json = |path: &Path| -> Value {
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
        };
        let shift_ms = (at as f64 - first as f64) / 16.0;
        let found = borders(&json(transcript.as_ref()), shift_ms);
        let truth = borders(&json(&sample("en-01.words.json")), 0.0);
        let texts = |words: &'_ [(String, [Option<f64>; 2])]| -> Vec<String> {
            words.iter().map(|(text, _)| text.clone()).collect()
        };
        let (a, b) = (texts(&truth), texts(&found));
        let a: Vec<&str> = a.iter().map(String::as_str).collect();
        let b: Vec<&str> = b.iter().map(String::as_str).collect();
        let pairs = score::matches(&a, &b);
        assert!(pairs.len() >= 5, "{a:?} and {b:?}");
        let off: Vec<f64> = pairs
            .iter()
            .flat_map(|(i, j)| truth[*i].1.iter().zip(&found[*j].1))
            .filter_map(|(truth, found)| Some((truth.as_ref()? - found.as_ref()?).abs()))
            .collect();
        let mean = off.iter().sum::<f64>() / off.len() as f64;
        assert!(mean < 20.0, "word borders are {mean:.1} ms off: {off:.0?}");
    });
}

#[test]
fn a_killed_process_leaves_its_recording() {
    with_server("a_killed_process_leaves_its_recording", || {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("talk.wav");
        let path = recording.to_str().unwrap();
        let mut earmark = Earmark::listen(&["--record", path]);
        let source = read(&sample("en-01.flac"));
        play("microphone", &source);
        earmark.child.kill().unwrap();
        earmark.child.wait().unwrap();
        // All but the last half second of what was played is there.
        let heard = read(&recording);
        let until = source.len() - LOSS_MOST;
        let (at, likeness) = find(&source[until - PART..until], &heard);
        assert!(likeness > 0.99, "{likeness} at {at} of {}", heard.len());
        let kept = earmark_audio::record::repair(&recording).unwrap();
        let whole = Ms::from_samples(heard.len() as u64, SAMPLE_RATE);
        assert_eq!(kept.duration, whole);
    });
}

/// Killed at any moment, also while it ends by itself: all but the last half second is there.
#[test]
fn processes_killed_at_any_moment_leave_their_recordings() {
    with_server(
        "processes_killed_at_any_moment_leave_their_recordings",
        || {
            let source = read(&sample("en-01.flac"));
            let mut random = Random::new();
            for nth in 0..n_kills() {
                let folder = tempfile::tempdir().unwrap();
                let recording = folder.path().join("talk.wav");
                let path = recording.to_str().unwrap();
                let mut earmark = Earmark::listen(&["--record", path]);
                let least = LOSS_MOST + 2 * PART;
                let most = source.len() as u64;
                let n = random.below(most - least as u64) as usize;
                let played = &source[..least + n];
                play("microphone", played);
                if nth % 2 == 1 {
                    earmark.signal("-INT");
                    std::thread::sleep(random.moment(Duration::from_millis(600)));
                }
                earmark.child.kill().unwrap();
                earmark.child.wait().unwrap();
                let heard = read(&recording);
                let until = played.len() - LOSS_MOST;
                let (at, likeness) = find(&played[until - PART..until], &heard);
                let n = heard.len();
                assert!(likeness > 0.99, "{likeness} at {at} of {n}, kill {nth}");
                let kept = earmark_audio::record::repair(&recording).unwrap();
                let whole = Ms::from_samples(n as u64, SAMPLE_RATE);
                assert_eq!(kept.duration, whole);
            }
        },
    );
}

#[test]
fn a_recording_that_was_removed_is_missed() {
    with_server("a_recording_that_was_removed_is_missed", || {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (recording, text) = (at("talk.wav"), at("talk.vtt"));
        let earmark = Earmark::listen(&["--record", &recording, "--output", &text]);
        play("microphone", &read(&sample("en-02.flac")));
        // By now the recogniser has opened it.
        earmark.out.recv_timeout(DEADLINE).unwrap();
        std::fs::remove_file(&recording).unwrap();
        earmark.signal("-INT");
        let (code, _, complaints) = earmark.end();
        assert_eq!(code, Some(1), "{complaints}");
        assert!(complaints.contains("talk.wav` was removed"), "{complaints}");
        let text = std::fs::read_to_string(text).unwrap();
        assert!(text.starts_with("WEBVTT\n"), "{text}");
    });
}

#[test]
fn unplugging_the_microphone_ends_the_session_and_keeps_everything() {
    let name = "unplugging_the_microphone_ends_the_session_and_keeps_everything";
    with_server(name, || {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("talk.wav");
        let earmark = Earmark::listen(&["--record", recording.to_str().unwrap()]);
        let source = read(&sample("en-01.flac"));
        play("microphone", &source);
        control(&["unload-module", "module-null-sink"]);
        earmark.says("was lost");
        let (code, text, _) = earmark.end();
        assert_eq!(code, Some(1));
        assert!(text.contains("meeting"), "{text}");
        assert!(read(&recording).len() + LOSS_MOST >= source.len());
    });
}

#[test]
fn a_new_default_microphone_is_followed() {
    with_server("a_new_default_microphone_is_followed", || {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("talk.wav");
        let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
        command.args(["listen", "--record", recording.to_str().unwrap()]);
        let earmark = Earmark::start(&mut command);
        earmark.says("listening to");
        let first = read(&sample("en-01.flac"));
        play("microphone", &first);
        control(&[
            "load-module",
            "module-null-sink",
            "sink_name=other",
            "norewinds=1",
        ]);
        control(&["set-default-source", "other.monitor"]);
        earmark.says("listening to");
        let second = read(&sample("en-02.flac"));
        play("other", &second);
        earmark.signal("-INT");
        let (code, text, complaints) = earmark.end();
        assert_eq!(code, Some(0), "{complaints}");
        let heard = read(&recording);
        let mut before = 0;
        for source in [&first, &second] {
            let middle = source.len() / 2;
            let (at, likeness) = find(&source[middle..middle + PART], &heard[before..]);
            assert!(likeness > 0.99, "{likeness} at {at}");
            before += at;
        }
        for sample_of_it in ["en-01.txt", "en-02.txt"] {
            let truth = std::fs::read_to_string(sample(sample_of_it)).unwrap();
            assert!(text.contains(truth.trim()), "{truth} is not in {text}");
        }
    });
}

#[test]
fn both_sides_of_a_call_are_two_channels_and_two_speakers() {
    let name = "both_sides_of_a_call_are_two_channels_and_two_speakers";
    with_server(name, || {
        let sink = [
            "sink_name=speaker",
            "rate=16000",
            "channels=1",
            "norewinds=1",
        ];
        control(&[&["load-module", "module-null-sink"][..], &sink].concat());
        control(&["set-default-sink", "speaker"]);
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("call.wav");
        let earmark = Earmark::listen(&["--with-system", "--record", recording.to_str().unwrap()]);
        let mine = read(&sample("en-01.flac"));
        let theirs = read(&sample("en-02.flac"));
        play("microphone", &mine);
        std::thread::sleep(Duration::from_secs(1));
        play("speaker", &theirs);
        earmark.signal("-INT");
        let (code, text, complaints) = earmark.end();
        assert_eq!(code, Some(0), "{complaints}");
        for (speaker, name) in [("Me", "en-01.txt"), ("Others", "en-02.txt")] {
            let said = std::fs::read_to_string(sample(name)).unwrap();
            let line = format!("{speaker}: {}", said.trim());
            assert!(text.contains(&line), "{line} is not in {text}");
        }
        let [here, there] = stereo(&recording);
        let (middle, quiet) = (mine.len() / 2, |samples: &[f32]| {
            samples.iter().all(|s| s.abs() < 1e-3)
        });
        let (at, likeness) = find(&mine[middle..middle + PART], &here);
        assert!(
            likeness > 0.99 && quiet(&there[at..at + PART]),
            "{likeness}"
        );
        let middle = theirs.len() / 2;
        let (at, likeness) = find(&theirs[middle..middle + PART], &there);
        assert!(likeness > 0.99 && quiet(&here[at..at + PART]), "{likeness}");
    });
}

/// The two channels of a finished recording.
fn stereo(path: &Path) -> [Vec<f32>; 2] {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(bytes[22..24], [2, 0], "two channels");
    let channel = |first: usize| {
        let samples = bytes[44 + first..].chunks(4).filter(|it| it.len() > 1);
        let sample = |it: &[u8]| f32::from(i16::from_le_bytes([it[0], it[1]])) / 32_768.0;
        samples.map(sample).collect()
    };
    [channel(0), channel(2)]
}

#[test]
fn a_full_disk_ends_the_recording_and_keeps_what_fitted() {
    with_server(
        "a_full_disk_ends_the_recording_and_keeps_what_fitted",
        || {
            let folder = tempfile::tempdir().unwrap();
            let disk = folder.path().join("disk");
            let copy = folder.path().join("copy.wav");
            std::fs::create_dir(&disk).unwrap();
            // 64 KB are two seconds. The disk is mounted for this process only.
            let script = "mount -t tmpfs -o size=64k tmpfs \"$1\"; \
                      \"$3\" listen --device \"$4\" --record \"$1/talk.wav\"; code=$?; \
                      cp \"$1/talk.wav\" \"$2\"; exit $code";
            let mut command = Command::new("unshare");
            command
                .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
                .args([&disk, &copy])
                .args([env!("CARGO_BIN_EXE_earmark"), MICROPHONE]);
            let earmark = Earmark::start(&mut command);
            earmark.says("listening to");
            let stopped = earmark.says("recording stopped");
            assert!(stopped.contains("free some space"), "{stopped}");
            let (code, ..) = earmark.end();
            assert_eq!(code, Some(1));
            let n_kept = read(&copy).len();
            assert!((30_000..=32_768).contains(&n_kept), "{n_kept} samples");
        },
    );
}

#[test]
fn devices_are_listed_with_the_default_marked() {
    with_server("devices_are_listed_with_the_default_marked", || {
        let devices = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
            Earmark::start(command.arg("devices")).end()
        };
        let (code, table, _) = devices();
        assert_eq!(code, Some(0));
        let first = table.lines().next().unwrap();
        assert!(first.starts_with("* Monitor"), "{table}");
        assert!(
            first.ends_with(MICROPHONE) && first.contains("system audio"),
            "{table}"
        );
        let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
        let unknown = Earmark::start(command.args(["listen", "--device", "Desk"]));
        let (code, _, complaints) = unknown.end();
        assert_eq!(code, Some(1));
        assert!(
            complaints.contains("cannot record from \"Desk\""),
            "{complaints}"
        );
        control(&["unload-module", "module-null-sink"]);
        let (code, table, complaints) = devices();
        assert_eq!((code, table.as_str()), (Some(1), ""));
        assert!(
            complaints.contains("no microphone is connected"),
            "{complaints}"
        );
    });
}
