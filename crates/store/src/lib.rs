//! The store is what the program keeps on disk: the history of every recording, with a search that
//! finds the second at which something was said, and the settings.
//!
//! [`Store::open`] opens the history. An [`Entry`] is one recording, from the moment a person asks
//! for it; its segments are written as they are recognised, so that a process that is killed loses
//! nothing that was finished. Times and the paths of all files are passed in.
//!
//! The layout on disk is in `schema/` (tables), `packed_words.rs` (words) and
//! `search/ngram_index.rs` (search index).

mod backup;
mod entries;
mod entry;
mod erase;
mod erasing_state;
mod error;
mod files;
mod list;
mod packed_words;
mod path_column;
mod retention;
mod schema;
mod search;
mod segment_id;
mod segment_row;
mod segments;
pub mod settings;
mod store;
mod trash;

pub use backup::{Backup, back_up};
pub use entries::Storage;
pub use entry::{Entry, EntryId, Failure, NewEntry, Origin, Stage, State};
pub use error::Error;
pub use list::{Counts, Day, Filter, by_day};
pub use retention::{Kept, Removed, Retention};
pub use search::{Cursor, Found, Hit, Hits};
pub use settings::Settings;
pub use store::{Store, default_folder};
