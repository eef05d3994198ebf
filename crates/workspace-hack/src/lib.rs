//! Nothing: the manifest asks for the features (see there).
