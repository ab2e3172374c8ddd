"""Work that needs much memory is done in a process of its own, which gives it back when it ends."""

from importlib import import_module
from multiprocessing import get_context


def run(path: str) -> None:
    """Call a function without arguments, given as `package.module.name`, in a process of its own and wait for it.

    The process has Django set up and its own database connection; it ends when this one does. Raises RuntimeError when it did
    not end well; what went wrong stands in its log lines.
    """
    process = get_context("spawn").Process(target=_call, args=(path,), name=path, daemon=True)
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    if code:
        raise RuntimeError(f"{path} ended with {code}")


def _call(path: str) -> None:
    import django  # here: who only starts such a process needs none

    django.setup()
    module, _dot, name = path.rpartition(".")
    getattr(import_module(module), name)()
