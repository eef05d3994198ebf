//! The store is what the program keeps on disk: the history of everything it ever heard, with a
//! search that lands on the second, and the settings.
//!
//! [`Store::open`] opens the history. An [`Item`] is one recording, from the moment it is asked
//! for; its segments are kept as they are heard, so a process that is killed loses nothing that
//! was finished. Times and the place of every file are passed in.
//!
//! The layout on disk is in `schema/` (tables), `packed.rs` (words) and `grams.rs` (search index).

mod backup;
mod error;
mod fault;
mod files;
mod fold;
mod grams;
mod item;
mod items;
mod list;
mod packed;
mod path;
mod plan;
mod query;
mod retention;
mod row;
mod schema;
mod search;
mod segments;
pub mod settings;
mod slot;
mod store;
mod trash;

pub use backup::{Backup, back_up};
pub use error::Error;
pub use item::{Failure, Item, ItemId, NewItem, Origin, Stage, State};
pub use items::Storage;
pub use list::{Counts, Day, Filter, by_day};
pub use retention::{Kept, Removed, Retention};
pub use search::{Cursor, Found, Hit, Hits};
pub use settings::Settings;
pub use store::{Store, default_folder};
