using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Inference.Messages;

/// <summary>
/// KServe's request parameters about sequences, as a front end read them. Numbers and texts are accepted in place of each other if
/// unambiguous.
/// </summary>
/// <remarks>A fault is stored but not reported at once, because a model without sequences ignores these parameters.</remarks>
internal sealed class SequenceParameters
{
    private const string IdName = "sequence_id";
    private const string StartName = "sequence_start";
    private const string EndName = "sequence_end";

    /// <summary>The names of the parameters, in requests and answers.</summary>
    public static IReadOnlyList<string> Names { get; } = [IdName, StartName, EndName];

    /// <summary>The step that the parameters describe. Only meaningful if there is no <see cref="Fault"/>.</summary>
    public SequenceStep Step { get; private set; }

    /// <summary>The fault of the first unreadable parameter.</summary>
    public Outcome Fault { get; private set; } = Outcome.Ok;

    /// <summary>Sets one of <see cref="Names"/>. A repeated name replaces the earlier value.</summary>
    public void Set(string name, ParameterValue value)
    {
        if (name == IdName)
        {
            SetId(value);
        }
        else if (value.AsFlag() is { } flag)
        {
            Step = name == StartName ? Step with { IsStart = flag } : Step with { IsEnd = flag };
        }
        else
        {
            Refuse(name, "true, false, 0 or 1, also as a string", value);
        }
    }

    private void SetId(ParameterValue value)
    {
        const string Expected = "a whole number that is not negative, or a string";
        SequenceId? id = value switch
        {
            { Number: { } number } => new SequenceId(number),
            { Text: { Length: <= SequenceId.MaxTextLength } text } => new SequenceId(0, text.Length == 0 ? null : text),
            _ => null,
        };
        if (id is null)
        {
            Refuse(IdName, value.Text is null ? Expected : $"a string of at most {SequenceId.MaxTextLength} characters", value);
            return;
        }

        Step = Step with { Id = id.Value };
    }

    private void Refuse(string name, string expected, ParameterValue value)
    {
        if (Fault.IsOk)
        {
            Fault = Outcome.Fail(StatusCode.RestCouldNotParseParameters, $"parameters.{name}; Expected: {expected}; Actual: {value}");
        }
    }
}
