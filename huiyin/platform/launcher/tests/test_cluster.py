"""Starting, stopping and surviving. Real servers in a short directory."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from huiyin.platform.launcher import account, binaries, initialise, processes
from huiyin.platform.launcher import cluster as cluster_module
from huiyin.platform.launcher.cluster import Cluster
from huiyin.platform.launcher.errors import LauncherError, from_output
from huiyin.platform.launcher.tests.conftest import IMPORTS

Make = Callable[..., Cluster]
ENVIRONMENT = {**os.environ, "PYTHONPATH": IMPORTS}


def ask(cluster: Cluster, question: str, role: str = "huiyin_owner") -> object:
    with psycopg.connect(cluster.url(role)) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone()[0] if cursor.description else None  # type: ignore[index]  # there is a row


def kill_postmaster(cluster: Cluster) -> int:
    pid = cluster.status().pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_new_directory_becomes_a_running_server_with_our_settings(fresh: Make, choice: str) -> None:
    with fresh(choice=choice) as cluster:
        assert ask(cluster, "SHOW server_encoding") == "UTF8"
        assert ask(cluster, "SHOW TimeZone") == "UTC"
        assert ask(cluster, "SHOW listen_addresses") == ""
        assert ask(cluster, "SHOW jit") == "off"
        assert ask(cluster, "SELECT datcollate FROM pg_database WHERE datname = 'huiyin'") in {"C.UTF-8", "C"}
        assert (cluster.socket_dir.stat().st_mode & 0o777) == 0o700
        assert (cluster.log.stat().st_mode & 0o777) == 0o600
        assert cluster.socket_dir.stat().st_uid == cluster.pgdata.stat().st_uid
        assert cluster.pgdata.stat().st_uid != 0
    assert not cluster.status().running
    assert processes.postgres_in(cluster.pgdata) == set()


def test_a_durable_server_syncs_and_one_for_tests_does_not(make: Make) -> None:
    with make(durable=True) as cluster:
        assert ask(cluster, "SHOW fsync") == "on"
    with make() as cluster:
        assert ask(cluster, "SHOW fsync") == "off"


def test_after_the_postmaster_is_killed_it_starts_again_with_all_data(fresh: Make, choice: str) -> None:
    with fresh(choice=choice, durable=True) as cluster:
        ask(cluster, "CREATE TABLE kept AS SELECT 42 AS n")
        before = kill_postmaster(cluster)
        after = cluster.start()
        assert after.running
        assert after.pid != before
        assert ask(cluster, "SELECT n FROM kept") == 42


def test_an_orphan_that_computes_is_ended_before_the_new_start(make: Make) -> None:
    with make() as cluster:
        busy = psycopg.connect(cluster.url("huiyin_owner"))
        orphan = busy.info.backend_pid
        os.kill(orphan, signal.SIGSTOP)  # like one deep in a computation: it cannot notice
        kill_postmaster(cluster)
        time.sleep(0.2)
        assert processes.postgres_in(cluster.pgdata) == {orphan}
        cluster.start()
        assert not processes.is_postgres_in(orphan, cluster.pgdata)
        assert ask(cluster, "SELECT 1") == 1


def test_a_pid_file_that_now_names_another_program_does_not_stop_the_start(make: Make) -> None:
    with make() as cluster:
        kill_postmaster(cluster)
        processes.wait_until_gone(cluster.pgdata, 5)
        owner = cluster.pgdata.stat().st_uid
        stranger = subprocess.Popen(["sleep", "60"], user=owner if os.geteuid() == 0 else None)
        try:
            file = cluster.pgdata / "postmaster.pid"
            file.write_text("\n".join([str(stranger.pid), *file.read_text().split("\n")[1:]]))
            lock = cluster.socket_dir / f".s.PGSQL.{cluster.port}.lock"
            lock.write_text(file.read_text())
            assert not cluster.status().running
            assert cluster.start().running
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()


def test_two_processes_that_start_at_once_share_one_server(make: Make, short_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from huiyin.platform.launcher.cluster import Cluster;"
        "print(Cluster(Path(sys.argv[1]), durable=False).start().pid)"
    )
    command = [sys.executable, "-c", code, str(short_dir / "d")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) for _ in range(2)]
    pids = {one.communicate(timeout=60)[0].strip() for one in both}
    cluster = make()
    try:
        assert pids == {str(cluster.status().pid)}
    finally:
        cluster.stop()


def test_one_that_found_the_server_running_leaves_it_running(make: Make) -> None:
    with make() as first:
        with make():
            pass
        assert first.status().running


def test_an_initialisation_cut_short_is_begun_anew(fresh: Make, short_dir: Path) -> None:
    draft = short_dir / "d" / "pg.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("15\n")
    (draft / "half").write_text("x")
    with fresh() as cluster:
        assert ask(cluster, "SELECT 1") == 1
        assert not draft.exists()
        assert not (cluster.pgdata / "half").exists()


def test_an_initialisation_that_is_killed_leaves_no_data_directory(fresh: Make, short_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from huiyin.platform.launcher.cluster import Cluster;"
        "Cluster(Path(sys.argv[1])).start()"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, str(short_dir / "d")], env=ENVIRONMENT)
    draft = short_dir / "d" / "pg.new"
    while not (draft / "PG_VERSION").exists():
        assert starter.poll() is None
        time.sleep(0.005)
    starter.kill()
    starter.wait()
    assert not (short_dir / "d" / "pg").exists()
    with fresh() as cluster:
        assert ask(cluster, "SELECT 1") == 1


def test_data_of_a_version_that_is_not_installed_is_refused_untouched(fresh: Make) -> None:
    cluster = fresh()
    cluster.pgdata.mkdir(parents=True)
    (cluster.pgdata / "PG_VERSION").write_text("14\n")
    os.chown(cluster.pgdata, 65534, 65534) if os.geteuid() == 0 else None
    with pytest.raises(LauncherError, match=r"made by PostgreSQL 14.*not been touched"):
        cluster.start()
    assert [entry.name for entry in cluster.pgdata.iterdir()] == ["PG_VERSION"]


def test_a_directory_with_other_files_is_left_alone(fresh: Make) -> None:
    cluster = fresh()
    cluster.pgdata.mkdir(parents=True)
    (cluster.pgdata / "letter.txt").write_text("x")
    os.chown(cluster.pgdata, 65534, 65534) if os.geteuid() == 0 else None
    with pytest.raises(LauncherError, match="holds other files"):
        cluster.start()


def test_too_long_a_path_is_refused_in_both_languages(short_dir: Path) -> None:
    with pytest.raises(LauncherError, match="HUIYIN_DATA") as caught:
        Cluster(short_dir / ("x" * 100)).start()
    chinese, english = str(caught.value).split("\n")
    assert "太长" in chinese
    assert "too long" in english


def test_the_longest_path_that_fits_works(short_dir: Path) -> None:
    room = cluster_module._SOCKET_MAX - len(str(short_dir / "s/.s.PGSQL.5432")) - 1
    with Cluster(short_dir / ("x" * room), durable=False) as cluster:
        assert ask(cluster, "SELECT 1") == 1


def test_a_path_with_spaces_quotes_and_chinese_works(short_dir: Path) -> None:
    with Cluster(short_dir / "回 音's", durable=False) as cluster:
        assert ask(cluster, "SELECT 1") == 1


def test_a_path_the_shell_would_read_is_refused(short_dir: Path) -> None:
    with pytest.raises(LauncherError, match="must not hold"):
        Cluster(short_dir / "$(x)").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a server for another user")
def test_embedded_programs_the_servers_user_cannot_read_are_copied(
    fresh: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (found := binaries.installed("embedded")):
        pytest.skip("no embedded PostgreSQL here")
    package = found[0].bin_dir.parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        (closed / name).symlink_to(package.with_name(name))
    home = closed / package.name / found[0].bin_dir.parent.name / "bin"
    monkeypatch.setattr(binaries, "_embedded_dirs", lambda: iter([home]))
    with fresh(choice="embedded") as cluster:
        server = cluster.status().pid
        copies = cluster.data_dir / f"bin-{found[0].version}"
        assert Path(f"/proc/{server}/exe").readlink().is_relative_to(copies)
    monkeypatch.setattr(binaries, "_embedded_dirs", lambda: iter([]))  # the package has gone
    with cluster:
        assert ask(cluster, "SELECT 1") == 1


def test_without_any_postgresql_it_says_what_to_install(fresh: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "installed", lambda choice: [])
    with pytest.raises(LauncherError, match=r"huiyin\[embedded\]"):
        binaries.find("")
    with pytest.raises(LauncherError, match=r"huiyin\[embedded\]"):
        fresh().start()


def test_the_system_comes_before_the_embedded_one_and_a_choice_forces() -> None:
    sources = [found.source for found in binaries.installed("")]
    assert sources == sorted(sources, reverse=True)
    assert {found.source for found in binaries.installed("embedded")} <= {"embedded"}
    with pytest.raises(LauncherError, match="Unknown choice"):
        binaries.find("sistem")


def test_a_full_disk_is_told_before_anything_is_made(fresh: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(initialise, "_ROOM_NEEDED", 1 << 60)
    cluster = fresh()
    with pytest.raises(LauncherError, match="disk is full"):
        cluster.start()
    assert not cluster.pgdata.exists()


@pytest.mark.parametrize("said", ["No space left on device", "HINT:  Check free disk space."])
def test_a_disk_that_fills_up_while_the_server_starts_is_named_too(said: str) -> None:
    assert "disk is full" in str(from_output("pg_ctl start", f"FATAL:\n{said}", "pg.log"))


def test_root_without_a_user_for_the_server_is_told_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "_KNOWN_USERS", ())
    monkeypatch.setattr(account, "OWN_USER", "not a name")  # useradd refuses it, as does a system without useradd
    with pytest.raises(LauncherError, match="Run first: useradd"):
        account._own_user()


def test_ctrl_c_at_the_terminal_does_not_reach_the_server(make: Make) -> None:
    with make() as cluster:
        pid = cluster.status().pid
        assert pid
        assert os.getsid(pid) != os.getsid(0)
        assert os.getpgid(pid) != os.getpgid(0)


def test_stopping_twice_or_before_the_first_start_does_nothing(fresh: Make) -> None:
    cluster = fresh()
    cluster.stop()
    assert not cluster.data_dir.exists()
    cluster.start()
    cluster.stop()
    cluster.stop()
    assert not cluster.status().running


def test_a_client_that_stays_connected_does_not_hold_up_the_stop(make: Make) -> None:
    with make() as cluster, closing(psycopg.connect(cluster.url("huiyin_app"))) as client:
        client.execute("SELECT 1")
        begin = time.monotonic()
        cluster.stop()
        assert time.monotonic() - begin < 5
