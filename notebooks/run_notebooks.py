"""Runs the notebooks of this folder, each in a Python of its own, and writes them with what they show to target/executed.

Ends with 1 if one of them fails, or is stored with outputs, which would put pictures and paths of somebody's data into
the repository.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent


def stored_outputs(notebook):
    """Numbers of the cells that hold an output or were stored after a run."""
    return [
        number
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None)
    ]


def run(path):
    """Runs a notebook; what went wrong, or None."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = stored_outputs(notebook)
    if cells:
        return f"cells {cells} are stored with outputs: clear them before saving"
    executed = ROOT / "target" / "executed" / path.name
    executed.parent.mkdir(parents=True, exist_ok=True)
    try:
        NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
        ).execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return str(error)
    finally:
        nbformat.write(notebook, executed)
    return None


def main():
    paths = sorted(ROOT.glob("*.ipynb"))
    failed = 0
    for path in paths:
        start = time.monotonic()
        problem = run(path)
        print(f"notebooks: {path.name} {'FAILED' if problem else 'ran'} in {time.monotonic() - start:.0f} s", flush=True)
        if problem:
            print(problem, file=sys.stderr)
            failed += 1
    print(f"notebooks: {len(paths) - failed} of {len(paths)} ran from top to bottom")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
