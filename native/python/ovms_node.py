"""The process of one Python node: loads the handler, calls it, and talks with the server over stdin and stdout.

A frame, in little endian:  u32 kind | u32 bytes of head | u64 bytes of data | head | data
  text = u32 bytes, UTF-8    dims = u32 count, i64 each    texts = u32 count, text each
  tensor = text name, text datatype, dims shape, text format, dims shape of the buffer, u64 bytes;
           an empty format: format and shape of the buffer follow from the datatype. The bytes are the frame's data, one after another.

The server asks                                              and this process answers
  1 START    u32 version, text handler, text folder,         101 READY     u32 version, text Python's version
             text node, texts inputs, texts outputs          or 102 REFUSED   text why
  2 EXECUTE  u64 call, u32 count, tensors                    103 OUTPUTS   u64 call, u32 1 if a generator may have more, u32 count,
                                                                           tensors
                                                             or 105 RAISED    u64 call, text what, text where
  3 NEXT     u64 call: the generator goes on                 103, 105 or 104 END   u64 call
  4 DROP     u64 call: nobody reads the generator any more   nothing
  5 FINISH                                                   106 FINISHED

One question is open at a time. The server's end of this protocol is src/Ovms.Aot/Graphs/Interpreters.
"""

import mmap
import os
import signal
import struct
import sys

VERSION = 2
START, EXECUTE, NEXT, DROP, FINISH = 1, 2, 3, 4, 5
READY, REFUSED, OUTPUTS, END, RAISED, FINISHED = 101, 102, 103, 104, 105, 106
HEADER = struct.Struct("<IIQ")
LONGEST_TEXT = 1000
LARGE = 1 << 20
MOST_BYTES = 1 << 30
MOST_HEAD = 1 << 20
MOST_DIMS = 64


class HandlerFault(Exception):
    """The handler breaks a rule of Python nodes; the text is for the caller."""


def take_channel():
    """Takes the channel off stdin and stdout, so that what the handler prints goes to the server's log and cannot break it."""
    kept = {0, 1, 2}
    try:
        for name in os.listdir("/proc/self/fd"):
            if int(name) not in kept:
                try:
                    os.close(int(name))
                except OSError:
                    pass  # the descriptor of the listing itself
    except OSError:
        pass  # no /proc: the server marks its own descriptors as not to be inherited
    reader, writer = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    for end in (reader, writer):
        try:
            import fcntl

            fcntl.fcntl(end, 1031, LARGE)  # F_SETPIPE_SZ: fewer turns for large tensors
        except (ImportError, OSError, ValueError):
            break
    if os.name == "nt":
        import msvcrt

        msvcrt.setmode(reader, os.O_BINARY)
        msvcrt.setmode(writer, os.O_BINARY)
    return reader, writer


def end_with_server(reader, writer):
    """Ends this process, and what it has started, when the server has ended, whatever the handler does."""
    process = os.getpid()

    def end():
        if os.name == "posix" and os.getpid() == process == os.getpgrp():
            os.killpg(process, signal.SIGKILL)
        os._exit(0)

    def leave_channel():
        # A process that the handler forks must neither take requests nor answer them.
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, reader)
        os.dup2(nothing, writer)
        os.close(nothing)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a pool ends its workers so

    if os.name != "posix":
        return end
    try:
        os.setpgid(0, 0)  # a terminal's Ctrl+C is for the server
    except OSError:
        pass
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: None)  # the server says when to finish
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: also if the handler never gives up the interpreter's lock
    except Exception:
        pass

    import select
    import threading

    def watch():
        poll = select.poll()
        poll.register(reader, 0)  # only the end is told
        while True:
            for _, events in poll.poll():
                if events & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                    end()

    threading.Thread(target=watch, name="ovms-watch", daemon=True).start()
    os.register_at_fork(after_in_child=leave_channel)
    return end


class Head:
    """Reads the parts of a head."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, form):
        value = struct.unpack_from(form, self.data, self.at)[0]
        self.at += struct.calcsize(form)
        return value

    def text(self):
        length = self.number("<I")
        value = self.data[self.at:self.at + length].decode("utf-8")
        self.at += length
        return value

    def texts(self):
        return [self.text() for _ in range(self.number("<I"))]

    def dims(self):
        count = self.number("<I")
        value = struct.unpack_from("<%dq" % count, self.data, self.at)
        self.at += 8 * count
        return value


def text(value):
    data = value.encode("utf-8", "replace")
    return struct.pack("<I", len(data)) + data


def dims(value):
    if len(value) > MOST_DIMS:
        raise HandlerFault("a tensor of execute has %d dimensions; at most %d are taken" % (len(value), MOST_DIMS))
    if any(not -1 << 63 <= dimension < 1 << 63 for dimension in value):
        raise HandlerFault("a tensor of execute has the shape %s; dimensions have at most 63 bits" % bounded(str(list(value))))
    return struct.pack("<I%dq" % len(value), len(value), *value)


def bounded(value):
    return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "..."


class Node:
    """The handler and the generators that it has begun."""

    def __init__(self, reader, writer, end):
        self.reader, self.writer, self.end = reader, writer, end
        self.process = os.getpid()
        self.model = None
        self.path = ""
        self.outputs = []
        self.generators = {}

    def serve(self):
        while True:
            kind, head, size = self.read_header()
            if kind == START:
                self.start(head)
            elif kind == EXECUTE:
                call = head.number("<Q")
                inputs = [self.read_tensor(head) for _ in range(head.number("<I"))]
                self.answer(call, lambda: self.execute(call, inputs))
                del inputs
            elif kind == NEXT:
                call = head.number("<Q")
                self.answer(call, lambda: self.go_on(call))
            elif kind == DROP:
                self.drop(head.number("<Q"))
            elif kind == FINISH:
                self.finish()
                return
            else:
                raise SystemExit("ovms_node.py: a frame of kind %d came; server and lib/python are of different versions" % kind)

    def read_exactly(self, target):
        view = memoryview(target).cast("B")
        done = 0
        while done < len(view):
            count = self.reader.readinto(view[done:])
            if not count:
                self.end()
            done += count
        return target

    def read_header(self):
        kind, head, size = HEADER.unpack(self.read_exactly(bytearray(HEADER.size)))
        return kind, Head(bytes(self.read_exactly(bytearray(head)))), size

    def read_tensor(self, head):
        name, datatype, shape, form, buffer_shape, size = (
            head.text(), head.text(), head.dims(), head.text(), head.dims(), head.number("<Q"))
        # Pages of a map are not written before the content is, as those of a bytearray are.
        memory = mmap.mmap(-1, size) if size >= LARGE else bytearray(size)
        if size:
            self.read_exactly(memory)
        return self.pyovms._input(name, memory, shape, datatype, form, buffer_shape)

    def write(self, kind, head=b"", contents=()):
        if os.getpid() != self.process:
            os._exit(0)  # a process that the handler forked, and that came back from it
        self.writer.write(HEADER.pack(kind, len(head), sum(size for size, _ in contents)) + head)
        for _, content in contents:
            self.writer.write(content)
        self.writer.flush()

    def start(self, head):
        try:
            version = head.number("<I")
            if version != VERSION:
                raise HandlerFault("the server speaks version %d of the protocol, lib/python version %d" % (version, VERSION))
            if sys.version_info < (3, 11):
                raise HandlerFault("Python %s is too old; Python 3.11 or later is needed" % sys.version.split()[0])
            import pyovms

            self.pyovms = pyovms
            getattr(pyovms, "_end_with_parent", int)()  # the one in C alone can also end what the handler starts
            path, folder, node, inputs, self.outputs = head.text(), head.text(), head.text(), head.texts(), head.texts()
            self.load(path, folder)
            if hasattr(self.model, "initialize"):
                self.model.initialize(
                    {"node_name": node, "input_names": inputs, "output_names": list(self.outputs), "base_path": folder})
        except HandlerFault as fault:
            self.write(REFUSED, text(bounded(str(fault))))
        except BaseException as error:  # SystemExit of the handler too
            what, where = self.describe(error)
            self.write(REFUSED, text(what + (" (%s)" % where if where else "")))
        else:
            self.write(READY, struct.pack("<I", VERSION) + text(sys.version.split()[0]))

    def load(self, path, folder):
        import importlib.util

        self.path = path
        sys.path.append(folder)
        name = os.path.splitext(os.path.basename(path))[0]
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None:
            raise HandlerFault("%s is no Python file; its name must end with .py" % path)
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(name, module)
        spec.loader.exec_module(module)
        kind = getattr(module, "OvmsPythonModel", None)
        if kind is None:
            raise HandlerFault("%s has no class OvmsPythonModel" % path)
        if not callable(getattr(kind, "execute", None)):
            raise HandlerFault("OvmsPythonModel in %s has no method execute" % path)
        self.model = kind()

    def answer(self, call, step):
        try:
            kind, head, contents = step()
        except HandlerFault as fault:
            kind, head, contents = RAISED, text(bounded(str(fault))) + text(""), ()
        except BaseException as error:
            what, where = self.describe(error)
            kind, head, contents = RAISED, text(what) + text(where), ()
        self.write(kind, struct.pack("<Q", call) + head, contents)

    def execute(self, call, inputs):
        result = self.model.execute(inputs)
        if isinstance(result, list):
            return self.pack(result, False)
        if hasattr(result, "__next__"):
            self.generators[call] = result
            return self.go_on(call)
        raise HandlerFault(
            "execute returned %s; expected a list of pyovms.Tensor, or a generator of such lists" % type(result).__name__)

    def go_on(self, call):
        generator = self.generators.get(call)
        if generator is None:
            return END, b"", ()
        try:
            result = next(generator)
            if not isinstance(result, list):
                raise HandlerFault("execute yielded %s; expected a list of pyovms.Tensor" % type(result).__name__)
            return self.pack(result, True)
        except StopIteration:
            del self.generators[call]
            return END, b"", ()
        except BaseException:
            del self.generators[call]
            raise

    def drop(self, call):
        generator = self.generators.pop(call, None)
        if hasattr(generator, "close"):
            try:
                generator.close()
            except BaseException as error:
                self.describe(error)

    def pack(self, tensors, more):
        tensors = list(tensors)  # a class of its own may count otherwise
        head, contents, names = struct.pack("<II", more, len(tensors)), [], set()
        for tensor in tensors:
            if not isinstance(tensor, self.pyovms.Tensor):
                raise HandlerFault("the list from execute has an item of type %s; expected pyovms.Tensor" % type(tensor).__name__)
            if tensor.name not in self.outputs:
                raise HandlerFault(
                    "execute gave a tensor named %s; the outputs of the node are: %s" % (bounded(tensor.name), ", ".join(self.outputs)))
            if tensor.name in names:
                raise HandlerFault("execute gave two tensors named %s; expected one for each output" % tensor.name)
            names.add(tensor.name)
            if len(tensor.datatype) > LONGEST_TEXT:
                raise HandlerFault(
                    "execute gave %s with a datatype of %d characters; at most %d are taken"
                    % (tensor.name, len(tensor.datatype), LONGEST_TEXT))
            view = memoryview(tensor)
            content = tensor if view.c_contiguous else view.tobytes()
            head += (text(tensor.name) + text(tensor.datatype) + dims(tensor.shape) + text(view.format) + dims(view.shape)
                     + struct.pack("<Q", view.nbytes))
            if view.nbytes:
                contents.append((view.nbytes, content))
        if len(head) > MOST_HEAD - HEADER.size:
            raise HandlerFault("execute gave names, shapes and formats of %d bytes; at most %d are taken" % (len(head), MOST_HEAD))
        if sum(size for size, _ in contents) > MOST_BYTES:
            raise HandlerFault("execute gave more than %d bytes; that many fit in an answer" % MOST_BYTES)
        return OUTPUTS, head, contents

    def finish(self):
        try:
            if hasattr(self.model, "finalize"):
                self.model.finalize()
        except BaseException as error:
            self.describe(error)
        self.write(FINISHED)

    def log(self, lines):
        """Prints for the log, whatever the handler has done with sys.stderr."""
        try:
            os.write(2, lines.encode("utf-8", "backslashreplace"))
        except OSError:
            pass

    def describe(self, error):
        """Prints the exception for the log; returns what and where it is for the caller."""
        import traceback

        inside = error.__traceback__
        while inside is not None and inside.tb_frame.f_code.co_filename in (__file__, "<frozen importlib._bootstrap_external>",
                                                                            "<frozen importlib._bootstrap>"):
            inside = inside.tb_next
        self.log("".join(traceback.format_exception(type(error), error, inside)))
        lines = "".join(traceback.format_exception_only(type(error), error)).splitlines()
        what = " | ".join(line.strip() for line in lines if line.strip())
        where = ""
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename == self.path:
                where = "line %d of %s" % (frame.lineno, os.path.basename(self.path))
        if isinstance(error, SyntaxError) and error.filename == self.path:
            where = "line %s of %s" % (error.lineno, os.path.basename(self.path))
        return bounded(what), where


def main():
    reader, writer = take_channel()
    end = end_with_server(reader, writer)
    with open(reader, "rb", 1 << 16, closefd=False) as requests, open(writer, "wb", 1 << 16, closefd=False) as answers:
        Node(requests, answers, end).serve()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # the handler has closed or replaced it
    os._exit(0)  # threads of the handler do not hold it up


if __name__ == "__main__":
    main()
