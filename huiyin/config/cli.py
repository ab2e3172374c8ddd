"""The command line: `huiyin demo | up | migrate | serve | worker | check | backup | restore | bench NAME | …`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path


def _migrate(args: argparse.Namespace) -> int:
    """Bring the database to this version, as its owner."""
    from huiyin.config import migrate

    return migrate.run()


def _serve(args: argparse.Namespace) -> int:
    """Serve the pages, after a check that refuses to serve as owner or superuser."""
    from huiyin.config import serve

    return serve.web(host=args.host, port=args.port, workers=args.workers)


def _worker(args: argparse.Namespace) -> int:
    """Work off the jobs."""
    from huiyin.config import serve

    return serve.worker()


def _demo(args: argparse.Namespace) -> int:
    """Start everything with an invented county."""
    os.environ["HUIYIN_ENV"] = "demo"  # before the settings are read, here and in every process started
    os.environ.setdefault("HUIYIN_URL", f"http://127.0.0.1:{args.port}")
    from huiyin.config import demo

    return demo.run(like=args.like, matters=args.matters, port=args.port, open_only=args.seed_only)


def _up(args: argparse.Namespace) -> int:
    """Start everything for real use on one machine: database, migrations, server, worker."""
    from huiyin.config import demo

    return demo.up(port=args.port)


def _begin(args: argparse.Namespace) -> int:
    """Make the first unit and the first administrator of an empty installation."""
    from huiyin.config import begin

    return begin.run(county=args.county, username=args.username, name=args.name)


def _check(args: argparse.Namespace) -> int:
    """Say what is not fit for serving."""
    from huiyin.config import serve

    return serve.check(deploy=args.deploy)


def _backup(args: argparse.Namespace) -> int:
    """Keep database and files of one moment; with --keys the keys, apart from any backup."""
    from huiyin.config import backups

    if args.keys:
        return backups.keep_keys(args.keys)
    return backups.backup(to=args.to, keep=args.keep, verify=args.verify)


def _restore(args: argparse.Namespace) -> int:
    """Bring a backup back into an empty database, or with --replace in place of the one in use."""
    from huiyin.config import backups

    return backups.restore(args.folder, replace=args.replace, key_file=args.keys)


def _held(args: argparse.Namespace) -> int:
    """Count the messages a restore holds; send or drop them."""
    from huiyin.config import backups

    return backups.held(send=args.send, drop=args.drop)


def _bench(args: argparse.Namespace) -> int:
    """Measure; a checkout is needed."""
    from huiyin.config import benches

    return benches.run(args.name, quick=args.quick, write=args.write)


def _world(args: argparse.Namespace) -> int:
    """Make the register that the benches measure, and keep it; a checkout is needed."""
    from huiyin.config import benches

    return benches.make_world(args.matters)


def _text(args: argparse.Namespace) -> int:
    """Understand texts in files, without a database."""
    from huiyin.config import texts

    if args.what == "eval":
        return texts.evaluate(args.train, args.test)
    if args.what == "clusters":
        return texts.clusters(args.file, most=args.most)
    return texts.duplicates(args.file)


def _manage(args: argparse.Namespace) -> int:
    """Run a command of Django's."""
    from huiyin.config import serve

    serve.set_up()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["huiyin manage", *args.rest])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin", description="Huiyin 回音")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=act.__doc__)
        sub.set_defaults(act=act)
        return sub

    demo = command("demo", _demo)
    demo.add_argument("--like", default="zhangjiashan")
    demo.add_argument("--matters", type=int, default=3000)
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--seed-only", action="store_true", help="seed the county and stop")
    command("up", _up).add_argument("--port", type=int, default=8000)
    command("migrate", _migrate)
    begin = command("begin", _begin)
    begin.add_argument("--county", required=True, help="name of the highest unit")
    begin.add_argument("--username", required=True)
    begin.add_argument("--name", required=True, help="the administrator's full name")
    serve = command("serve", _serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=2)
    command("worker", _worker)
    command("check", _check).add_argument("--deploy", action="store_true")
    _keeping(command)
    bench = command("bench", _bench)
    bench.add_argument("name")
    bench.add_argument("--quick", action="store_true")
    bench.add_argument("--write", action="store_true")
    command("world", _world).add_argument("--matters", type=int, default=1_000_000)
    _text_parser(command("text", _text))
    command("manage", _manage).add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _keeping(command: Callable[[str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]) -> None:
    backup = command("backup", _backup)
    backup.add_argument("--to", type=Path, metavar="DIR", help="default HUIYIN_BACKUPS, else backups in HUIYIN_DATA")
    backup.add_argument("--keep", type=_positive, metavar="N", help="delete the oldest backups there beyond N")
    backup.add_argument("--verify", action="store_true", help="restore it on trial and compare every table")
    backup.add_argument("--keys", type=Path, metavar="FILE", help="write the keys to FILE, and make no backup")
    restore = command("restore", _restore)
    restore.add_argument("folder", type=Path, metavar="FROM")
    restore.add_argument("--replace", action="store_true", help="the database in use is renamed, not destroyed")
    restore.add_argument("--keys", type=Path, metavar="FILE", help="keys kept by huiyin backup --keys")
    held = command("held", _held).add_mutually_exclusive_group()
    held.add_argument("--send", action="store_true")
    held.add_argument("--drop", action="store_true")


def _text_parser(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    judged = kinds.add_parser("eval", help="train on one CSV file, measure on another (category, title, text)")
    judged.add_argument("--train", required=True, metavar="A.csv")
    judged.add_argument("--test", required=True, metavar="B.csv")
    needs = kinds.add_parser("clusters", help="the hottest common needs (id, sender, title, text, received, likes)")
    needs.add_argument("file")
    needs.add_argument("--most", type=int, default=10)
    kinds.add_parser("duplicates", help="near duplicates of a CSV or JSONL file with a column text").add_argument(
        "file"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = _parser().parse_args(argv)
    act: Callable[[argparse.Namespace], int] = args.act
    return act(args)


if __name__ == "__main__":
    sys.exit(main())
