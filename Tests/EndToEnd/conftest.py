"""Fixtures of the end-to-end tests. A failed test shows the logs of the processes it ran."""

import pytest

import harness

WORLDS = []


@pytest.fixture(scope="session")
def frames(tmp_path_factory):
    """Where brokers write their frames, for test_frames."""
    return tmp_path_factory.mktemp("frames")


def make_world(folder, frames):
    world = harness.World(folder, frames)
    WORLDS.append(world)
    try:
        yield world
    finally:
        world.end()
        WORLDS.remove(world)


@pytest.fixture
def world(tmp_path, frames):
    """Brokers and servers for one test."""
    yield from make_world(tmp_path, frames)


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory, frames):
    """Brokers and servers for the tests of one file."""
    yield from make_world(tmp_path_factory.mktemp("world"), frames)


def pytest_collection_modifyitems(items):
    # It judges what the others made the processes say.
    items.sort(key=lambda item: item.path.name == "test_frames.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for world in WORLDS:
            for process in world.processes:
                report.sections.append((f"{process.name}, {process.log_path.name}", (process.output[-3_000:] + process.log[-6_000:])))
    return report
