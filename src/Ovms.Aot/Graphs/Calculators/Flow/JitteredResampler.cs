using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// PacketResamplerCalculator with jitter: a packet at random times that are about a period apart, each the packet nearest to that time.
/// The same SEED gives the same times. The first one lies within a period from the first packet.
/// </summary>
/// <remarks>The original's public build has no random numbers, and fails.</remarks>
/// <param name="options">The options, with a jitter above 0.</param>
/// <param name="seed">The input side packet SEED.</param>
internal sealed class JitteredResampler(PacketResamplerOptions options, int seed) : ICalculator
{
    private readonly long _period = options.PeriodMicroseconds;
    private readonly long _jitter = (long)(1e6 * options.Jitter / options.FrameRate);
    private Random _random = null!;
    private Packet _last;
    private Timestamp _next;

    // The end of the stream may come before the time of a period, of the first one at least: then this packet of it stands in.
    private Timestamp _periodBegin;
    private Packet _sample;
    private int _sampled;
    private bool _samples = true;

    /// <inheritdoc/>
    public ValueTask<Outcome> OpenAsync(CalculatorContext context)
    {
        if (context.Side(seed) is not string text)
        {
            return new(Outcome.Fail(StatusCode.GraphStartError, $"SEED is {Shown.Bounded(context.Side(seed))}; expected: a string"));
        }

        _random = new Random(HashOf(text));
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        Packet packet = context.Input(0);
        if (!packet.Time.IsRange)
        {
            return new(Outcome.Ok);
        }

        if (_last.IsEmpty)
        {
            _periodBegin = packet.Time;
            _next = packet.Time.Moved(_random.NextInt64(_period));
        }

        Sample(packet);
        for (int written = 0; _next <= packet.Time; written++)
        {
            if (written == PacketResampler.MostRepeats)
            {
                return new(PacketResampler.TooLong((packet.Time.Value - _next.Value) / _period, packet.Time));
            }

            bool isNearer = _last.IsEmpty || packet.Time.Value - _next.Value <= _next.Value - _last.Time.Value;
            Write(context, (isNearer ? packet : _last).ShareAt(_next));
            Advance();
        }

        context.SetBound(0, _samples ? _periodBegin : _next);
        _last.Release();
        _last = packet.Share();
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        if (!_sample.IsEmpty)
        {
            Write(context, _sample.Share());
        }

        _last.Release();
        _sample.Release();
        _last = _sample = default;
        return new(Outcome.Ok);
    }

    private void Write(CalculatorContext context, Packet packet)
    {
        if (options.Covers(packet.Time))
        {
            context.Emit(0, packet);
        }
        else
        {
            packet.Release();
        }
    }

    // Each packet of the period is equally likely to stay.
    private void Sample(Packet packet)
    {
        if (_samples && packet.Time >= _periodBegin && _random.Next(++_sampled) == 0)
        {
            _sample.Release();
            _sample = packet.Share();
        }
    }

    private void Advance()
    {
        _sample.Release();
        (_sample, _sampled) = (default, 0);
        _samples = options.JitterWithReflection;
        if (!_samples)
        {
            double periods = 1 - options.Jitter + (2 * options.Jitter * _random.NextDouble());
            _next = _next.Moved(Math.Max(1, (long)(_period * periods)));
            return;
        }

        _periodBegin = _periodBegin.Moved(_period);
        Timestamp end = _periodBegin.Moved(_period);
        long moved = _next.Moved(_period + _random.NextInt64((2 * _jitter) + 1) - _jitter).Value;
        _next = new Timestamp(moved < _periodBegin.Value ? (2 * _periodBegin.Value) - moved - 1
            : moved >= end.Value ? (2 * end.Value) - moved - 1
            : moved);
    }

    private static int HashOf(string text)
    {
        uint hash = 2166136261;
        foreach (char letter in text)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return (int)hash;
    }
}
