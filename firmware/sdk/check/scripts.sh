#!/bin/sh
# Scripts parse, and what begins with #! can be run.
set -eu
bad=0
for file in $(git ls-files --cached --others --exclude-standard); do
	[ -f "$file" ] || continue
	first=$(head -c 40 "$file" | tr -d '\0' | head -n 1)
	case $first in
	'#!'*) [ -x "$file" ] || { echo "$file: not executable"; bad=1; } ;;
	esac
	case $first in
	'#!/bin/sh'*)   sh -n "$file" || bad=1 ;;
	'#!/bin/bash'*) bash -n "$file" || bad=1 ;;
	esac
done
PYTHONDONTWRITEBYTECODE=1 python3 - <<'END' || bad=1
import ast, pathlib, subprocess, sys
names = subprocess.run(["git", "ls-files", "--cached", "--others",
                        "--exclude-standard", "*.py"], capture_output=True,
                       text=True, check=True).stdout.split()
bad = 0
for name in names:
    try:
        ast.parse(pathlib.Path(name).read_bytes(), name)
    except FileNotFoundError:
        pass
    except SyntaxError as error:
        print(f"{name}:{error.lineno}: {error.msg}")
        bad = 1
sys.exit(bad)
END
exit $bad
