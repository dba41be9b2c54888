//! Files and folders: one module for each thing that can be done with them.

mod collector;
mod conflicts;
mod download;
mod favourites;
mod form;
mod hindered;
mod known;
mod list;
mod names;
mod random;
mod rename_move;
mod trash;
mod trash_bin;
mod upload;
mod version_changes;
mod versions;
mod zip;
