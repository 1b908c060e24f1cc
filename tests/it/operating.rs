//! What an operator relies on: figures, probes, starts, commands, traces.

mod commands;
mod figures;
mod starts;
mod traces;
