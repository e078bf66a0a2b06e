"""The tests mirror the source tree; `engines` chooses and starts the databases they run on."""
