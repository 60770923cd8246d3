"""Time CPython's tokenize on the files listed in a JSON file: {"seconds", "tokens", "version"}."""
import io, json, platform, sys, time, tokenize

with open(sys.argv[1]) as f:
    paths = json.load(f)
sources = []
for path in paths:
    with open(path, "rb") as f:
        sources.append(f.read())
tokens = 0
start = time.perf_counter()
for source in sources:
    try:
        for _ in tokenize.tokenize(io.BytesIO(source).readline):
            tokens += 1
    except Exception:
        pass
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "tokens": tokens, "version": platform.python_version()}))
