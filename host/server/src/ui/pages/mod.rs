//! The pages, one file each. A page reads through the engine with the visitor's rights, and is made of components.
