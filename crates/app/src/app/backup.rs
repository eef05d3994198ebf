//! The history and the settings, in one file and back.

use std::path::{Path, PathBuf};

use earmark_store::{Backup, EntryId, back_up};
use jiff::{Timestamp, Zoned};

use super::App;
use crate::api::{Code, Failure};
use crate::events::AppEvent;
use crate::export::named;
use crate::{log, settings};

/// How the names of backups end.
pub(super) const ENDING: &str = "backup";

/// Entries that are added at once; nobody waits longer than for that many.
const N_AT_ONCE: usize = 16;

impl App {
    /// How the names of backups end.
    pub const BACKUP_ENDING: &str = ENDING;

    /// What a backup of today is called.
    pub fn backup_name() -> String {
        format!("earmark-{}.{ENDING}", Zoned::now().date())
    }

    /// Writes a backup to a file that a person named; what it is called.
    ///
    /// Errors: it cannot be written, or the history is damaged.
    pub fn back_up(&self, path: PathBuf) -> Result<String, Failure> {
        let path = named(path, ENDING);
        back_up(self.history.path(), &self.settings.file(), &path)?;
        log::info("a backup was written");
        Ok(path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned())
    }

    /// Adds what is new in a backup, and takes over settings that were never chosen here; how many
    /// entries are new.
    ///
    /// Errors: it is no backup, or the history cannot be written.
    pub fn restore_backup(&self, path: &Path) -> Result<usize, Failure> {
        let mut backup = Backup::open(path, self.history.path()).map_err(of_backup)?;
        let entries: Vec<EntryId> = backup.entries().map_err(of_backup)?;
        let mut n_new = 0;
        for some in entries.chunks(N_AT_ONCE) {
            let some = some.to_vec();
            let n;
            (backup, n) = self.history.write(move |store| {
                let n = store
                    .adopt(&backup, &some, Timestamp::now())
                    .map_err(of_backup)?;
                Ok((backup, n))
            })?;
            n_new += n;
        }
        if let Some(theirs) = backup.settings() {
            let theirs = settings::from_file(theirs);
            let models = self.entries.models();
            self.set_and_publish(|now| settings::completed(now, &theirs, &models))?;
        }
        self.recall_last()?;
        self.events.publish(&AppEvent::RecentChanged);
        log::info(&format!("a backup was taken in, {n_new} entries are new"));
        Ok(n_new)
    }
}

/// A file that is no backup is another mistake than a history that cannot be written.
fn of_backup(error: earmark_store::Error) -> Failure {
    use earmark_store::Error;
    let is_bad = matches!(
        error,
        Error::BadBackup { .. } | Error::Foreign { .. } | Error::TooNew { .. }
    );
    match Failure::from(error) {
        failure if is_bad => Failure::new(Code::BackupInvalid, failure.message),
        failure => failure,
    }
}
