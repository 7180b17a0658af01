//! The vault alone: formats, counters, and every way to cut and restore.

mod attack;
mod model;
mod values;
mod world;
