#!/usr/bin/env python3
"""The server's language models beside OpenVINO GenAI: the same prompts in turns, in one run.

    python3 -m venv v && v/bin/pip install openvino openvino_genai
    v/bin/python benchmarks/beside_genai.py --package publish/out --model MODEL_FOLDER [--rows mixed,greedy-8,sampled-8,long-4-1000]

Rows: mixed      8 callers, prompts of 50 to 1,500 tokens that arrive within 2 s
      greedy-N   N callers at once, 30 tokens each; sampled-N the same with temperature 0.8 and top_p 0.95
      long-N-L   N callers at once, L tokens each
Prompts are random token ids, so none shares a prefix with another. Each answer has --tokens tokens. GenAI computes in a process of its own,
without HTTP; the server streams over HTTP. Several --package are measured in the same turns. The first turn of a row warms up and is not
counted. Prints for each package the medians of the ratios (ours / GenAI) and of both figures: tokens a second, time to the first token (the
largest and the median), time between tokens (p50, p99); seconds.
"""
import argparse, asyncio, json, multiprocessing, os, random, re, socket, statistics, subprocess, tempfile, time

IDS = re.compile(rb'"token_ids":\[([0-9, ]*)\]')
FIGURES = ("tokens/s", "first max", "first p50", "between p50", "between p99")


def work_of(row, seed):
    """Prompts, and when each arrives."""
    r = random.Random(f"{row} {seed}")
    if row == "mixed":
        lengths = [50 + round(i * 1450 / 7) for i in range(8)]
        r.shuffle(lengths)
        arrivals = sorted([0.0] + [r.uniform(0, 2) for _ in range(7)])
    else:
        kind, count, *length = row.split("-")
        lengths = [int(length[0]) if length else 30] * int(count)
        arrivals = [0.0] * int(count)
    return [[r.randrange(100, 40000) for _ in range(n)] for n in lengths], arrivals


def figures_of(starts, times):
    first = sorted(t[0] - s for s, t in zip(starts, times))
    between = sorted(b - a for t in times for a, b in zip(t, t[1:]))
    rate = sum(map(len, times)) / (max(t[-1] for t in times) - min(starts))
    return rate, first[-1], statistics.median(first), statistics.median(between), between[int(.99 * len(between))]


def genai(pipe_end, folder):
    """Answers jobs until it gets None."""
    import numpy, openvino, openvino_genai
    scheduler = openvino_genai.SchedulerConfig()
    scheduler.cache_size, scheduler.enable_prefix_caching = 1, True
    scheduler.max_num_batched_tokens, scheduler.dynamic_split_fuse = 256, True
    pipe, number = openvino_genai.ContinuousBatchingPipeline(folder, scheduler, "CPU", {}), 0
    while (job := pipe_end.recv()) is not None:
        prompts, arrivals, sampled, tokens = job
        config = openvino_genai.GenerationConfig()
        config.max_new_tokens, config.ignore_eos, config.do_sample = tokens, True, sampled
        if sampled:
            config.temperature, config.top_p = 0.8, 0.95
        begin, handles, times = time.perf_counter(), [], [[] for _ in prompts]
        while len(handles) < len(prompts) or pipe.has_non_finished_requests():
            now = time.perf_counter() - begin
            while len(handles) < len(prompts) and arrivals[len(handles)] <= now:
                number += 1
                ids = openvino.Tensor(numpy.array([prompts[len(handles)]], dtype=numpy.int64))
                handles.append(pipe.add_request(number, ids, config))
            if not pipe.has_non_finished_requests():
                time.sleep(max(0, arrivals[len(handles)] - now))
                continue
            pipe.step()
            now = time.perf_counter()
            for handle, got in zip(handles, times):
                if handle.can_read():
                    for out in handle.read().values():
                        got.extend([now] * len(out.generated_ids))
        pipe_end.send(figures_of([begin + a for a in arrivals], times))


async def call(port, prompt, start, sampled, tokens):
    await asyncio.sleep(max(0, start - time.perf_counter()))
    fields = dict(model="m", prompt=prompt, max_tokens=tokens, ignore_eos=True, stream=True, return_token_ids=True)
    fields.update(dict(temperature=0.8, top_p=0.95) if sampled else dict(temperature=0))
    body = json.dumps(fields).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /v3/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                 b"Connection: close\r\n\r\n%s" % (len(body), body))
    times, rest, tail = [], b"", b""
    while data := await reader.read(1 << 16):
        now, rest, tail = time.perf_counter(), rest + data, (tail + data)[-1000:]
        end = rest.rfind(b"\n\n")
        for ids in IDS.findall(rest[:max(end, 0)]):
            times.extend([now] * (1 + ids.count(b",") if ids else 0))
        rest = rest[end:] if end >= 0 else rest
    writer.close()
    if len(times) != tokens:
        raise SystemExit(f"an answer of {len(times)} tokens instead of {tokens}; its end: {tail!r}")
    return times


async def server(port, prompts, arrivals, sampled, tokens):
    starts = [time.perf_counter() + 0.01 + a for a in arrivals]
    return figures_of(starts, await asyncio.gather(*[call(port, p, s, sampled, tokens) for p, s in zip(prompts, starts)]))


def start(package, model, log):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [f"{package}/bin/ovms", "--model_path", model, "--model_name", "m", "--rest_port", str(port), "--rest_bind_address", "127.0.0.1",
         "--cache_size", "1"], stdout=log, stderr=log)
    for _ in range(600):
        try:
            with socket.create_connection(("127.0.0.1", port)) as ask:
                ask.sendall(b"GET /v2/health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                if b" 200 " in ask.recv(100):
                    return process, port
        except OSError:
            pass
        time.sleep(0.1)
        if process.poll() is not None:
            break
    process.terminate()
    process.wait(30)
    log.seek(0)
    raise SystemExit(f"the server of {package} is not ready; it said:\n" + log.read()[-2000:].decode(errors="replace"))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--package", action="append", required=True)
    p.add_argument("--model", required=True)
    p.add_argument("--rows", default="mixed")
    p.add_argument("--repeats", type=int, default=3)
    p.add_argument("--tokens", type=int, default=64)
    a = p.parse_args()
    # The server takes no path with "..".
    a.model = os.path.abspath(a.model)
    here, there = multiprocessing.Pipe()
    peer = multiprocessing.Process(target=genai, args=(there, a.model), daemon=True)
    peer.start()
    servers = []
    with tempfile.TemporaryFile() as log:
        try:
            for package in a.package:
                servers.append(start(package, a.model, log))
            for row in a.rows.split(","):
                turns = []
                for turn in range(a.repeats + 1):
                    prompts, arrivals = work_of(row, turn)
                    sampled = row.startswith("sampled")
                    here.send((prompts, arrivals, sampled, a.tokens))
                    turns.append((here.recv(), [asyncio.run(server(port, prompts, arrivals, sampled, a.tokens)) for _, port in servers]))
                for at, package in enumerate(a.package):
                    print(row, package, f"load {os.getloadavg()[0]:.1f}")
                    for i, name in enumerate(FIGURES):
                        counted = [(theirs[i], ours[at][i]) for theirs, ours in turns[1:]]
                        median = [statistics.median(x) for x in zip(*counted)]
                        ratio = statistics.median(o / t for t, o in counted)
                        print(f"    {name:12} {ratio:6.2f}   GenAI {median[0]:9.3f}   ours {median[1]:9.3f}", flush=True)
        finally:
            here.send(None)
            for process, _ in servers:
                process.terminate()
                process.wait(30)
            peer.join(10)


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
