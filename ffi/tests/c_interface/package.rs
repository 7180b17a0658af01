//! The CMake package.
