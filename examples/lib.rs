//! Nothing: the examples stand beside this file.
