//! Tasks of the nodelock workspace.
