//! Host side of nodelock: license files, keys in PEM, a device with owned memory.
