using System.Collections.Immutable;
using System.Globalization;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// --grpc_channel_arguments: settings of the original's gRPC library, by their names there. Those that this server's HTTP/2 supports are
/// applied; each other one produces a note for the log. Their values are numbers.
/// </summary>
internal sealed record ChannelArguments
{
    private static readonly ImmutableHashSet<string> s_names =
    [
        "grpc.max_concurrent_streams", "grpc.keepalive_time_ms", "grpc.keepalive_timeout_ms", "grpc.max_connection_idle_ms",
        "grpc.max_connection_age_ms", "grpc.max_connection_age_grace_ms", "grpc.max_receive_message_length",
        "grpc.max_send_message_length",
    ];

    private static readonly TimeSpan s_shortestPing = TimeSpan.FromSeconds(1);

    /// <summary>No argument given.</summary>
    public static ChannelArguments Default { get; } = new();

    /// <summary>grpc.max_concurrent_streams: calls at the same time on one connection.</summary>
    public int? MaxConcurrentStreams { get; init; }

    /// <summary>grpc.keepalive_time_ms: how long a connection may be silent before it is pinged.</summary>
    public TimeSpan? KeepAliveTime { get; init; }

    /// <summary>grpc.keepalive_timeout_ms: how long the answer to a ping may take.</summary>
    public TimeSpan? KeepAliveTimeout { get; init; }

    /// <summary>grpc.max_connection_idle_ms: how long a connection without calls stays open.</summary>
    public TimeSpan? MaxConnectionIdle { get; init; }

    /// <summary>grpc.max_connection_age_ms: the age at which a connection is asked to close.</summary>
    public TimeSpan? MaxConnectionAge { get; init; }

    /// <summary>grpc.max_connection_age_grace_ms: how long calls on an aged connection may take to finish; null for no limit.</summary>
    public TimeSpan? MaxConnectionAgeGrace { get; init; }

    /// <summary>grpc.max_receive_message_length: bytes of the largest request.</summary>
    public int MaxReceiveMessageLength { get; init; } = NativeBuffer.MaxLength;

    /// <summary>grpc.max_send_message_length: bytes of the largest answer.</summary>
    public int MaxSendMessageLength { get; init; } = NativeBuffer.MaxLength;

    /// <summary>Notes for the log about arguments that this server does not have, or applies in another way than the original.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Warnings for the log about values that are out of range and therefore have no effect.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Reads <c>name=value,name=value</c>; empty for none.</summary>
    public static Outcome<ChannelArguments> Parse(string text)
    {
        ChannelArguments arguments = Default;
        string[] pairs = text.Split(',');
        for (int i = 0; i < pairs.Length; i++)
        {
            string pair = pairs[i].Trim();
            if (pair.Length == 0 && i == pairs.Length - 1)
            {
                // Empty text, or a trailing comma, which the original accepts.
                break;
            }

            string[] sides = pair.Split('=', StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || sides[0].Length == 0 || sides[1].Length == 0)
            {
                return Outcome.Fail(StatusCode.GrpcChannelArgWrongFormat, $"Expected: name=value; Actual: '{pair}'");
            }

            Outcome<ChannelArguments> read = arguments.With(sides[0], sides[1]);
            if (!read.IsOk)
            {
                return read;
            }

            arguments = read.Value;
        }

        return arguments;
    }

    private Outcome<ChannelArguments> With(string name, string value) => TryReadLeadingNumber(value, out long number) switch
    {
        _ when !s_names.Contains(name) => Noted($"{name} has no counterpart in this server and has no effect"),
        true when number is < int.MinValue or > int.MaxValue => Warned($"{name}={value} is out of the range of 32 bits and has no effect"),
        true => With(name, (int)number),
        false => Outcome.Fail(
            StatusCode.OptionsUsageError, $"grpc_channel_arguments: {name} - Expected: a whole number; Actual: '{value}'"),
    };

    private ChannelArguments With(string name, int value) => name switch
    {
        "grpc.max_concurrent_streams" => value > 0 ? this with { MaxConcurrentStreams = value } : OutOfRange(name, value, "at least 1"),
        "grpc.keepalive_time_ms" => value == int.MaxValue ? this
            : value > 0 ? Pinging(name, value, this with { KeepAliveTime = AtLeastShortestPing(value) })
            : OutOfRange(name, value, "at least 1"),
        "grpc.keepalive_timeout_ms" => value > 0
            ? Pinging(name, value, this with { KeepAliveTimeout = AtLeastShortestPing(value) })
            : OutOfRange(name, value, "at least 1"),
        "grpc.max_connection_idle_ms" => value == int.MaxValue ? this
            : value > 0 ? this with { MaxConnectionIdle = Milliseconds(value) }
            : OutOfRange(name, value, "at least 1"),
        "grpc.max_connection_age_ms" => value == int.MaxValue ? this
            : value > 0 ? this with { MaxConnectionAge = Milliseconds(value) }
            : OutOfRange(name, value, "at least 1"),
        "grpc.max_connection_age_grace_ms" => value == int.MaxValue ? this
            : value >= 0 ? this with { MaxConnectionAgeGrace = Milliseconds(value) }
            : OutOfRange(name, value, "at least 0"),
        "grpc.max_receive_message_length" => this with { MaxReceiveMessageLength = Length(value) },
        "grpc.max_send_message_length" => this with { MaxSendMessageLength = Length(value) },
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    // Reads numbers as the original does: a sign and digits; the rest is ignored.
    private static bool TryReadLeadingNumber(string text, out long number)
    {
        int end = text[0] is '-' or '+' ? 1 : 0;
        int digits = end;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        number = 0;
        if (end > digits && !long.TryParse(text.AsSpan(0, end), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            number = long.MaxValue;
        }

        return end > digits;
    }

    // -1 means no limit in the original; here no message can exceed a native buffer.
    private static int Length(int value) => value is < 0 or > NativeBuffer.MaxLength ? NativeBuffer.MaxLength : value;

    private static TimeSpan Milliseconds(int value) => TimeSpan.FromMilliseconds(value);

    private static TimeSpan AtLeastShortestPing(int value) => Milliseconds(value) < s_shortestPing ? s_shortestPing : Milliseconds(value);

    private static ChannelArguments Pinging(string name, int value, ChannelArguments with) =>
        Milliseconds(value) < s_shortestPing
            ? with.Noted($"{name}={value} is taken as {s_shortestPing.TotalMilliseconds}, the shortest this server has")
            : with;

    private ChannelArguments OutOfRange(string name, int value, string expected) =>
        Warned($"{name}={value} should be {expected} and has no effect");

    private ChannelArguments Warned(string warning) => this with { Warnings = Warnings.Add($"grpc_channel_arguments: {warning}") };

    private ChannelArguments Noted(string note) => this with { Notes = Notes.Add($"grpc_channel_arguments: {note}") };
}
