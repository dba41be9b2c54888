//! Files and folders: one module for each thing that can be done with them.

mod download;
mod form;
mod known;
mod list;
mod names;
mod rename_move;
mod sizes;
mod trash;
mod upload;
mod versions;
mod zip;
