"""Tasks for the worker's tests to run."""

import time

from django.tasks import task


@task
def add(one: int, other: int) -> int:
    return one + other


@task
def sleep(seconds: float) -> None:
    time.sleep(seconds)


@task
def fail(name: str) -> None:
    raise ValueError(f"{name} is not wanted here")
