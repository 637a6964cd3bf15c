namespace Ovms.Graphs.Interpreters;

/// <summary>What a frame says. Source: the table in native/python/ovms_node.py, which is the other end.</summary>
internal enum FrameKind : uint
{
    /// <summary>To the process: load the handler.</summary>
    Start = 1,

    /// <summary>To the process: call the handler.</summary>
    Execute = 2,

    /// <summary>To the process: a generator goes on.</summary>
    Next = 3,

    /// <summary>To the process: nobody reads a generator any more. Has no answer.</summary>
    Drop = 4,

    /// <summary>To the process: finalize, and end.</summary>
    Finish = 5,

    /// <summary>From the process: the handler is loaded.</summary>
    Ready = 101,

    /// <summary>From the process: the handler cannot be loaded.</summary>
    Refused = 102,

    /// <summary>From the process: tensors.</summary>
    Outputs = 103,

    /// <summary>From the process: a generator has nothing more.</summary>
    End = 104,

    /// <summary>From the process: the handler raised an exception or broke a rule.</summary>
    Raised = 105,

    /// <summary>From the process: finalize has been called.</summary>
    Finished = 106,
}
