using Ovms.Native;

namespace Ovms.Generation.Models;

/// <summary>An input of a step: a tensor whose last dimension changes with each step and whose memory only grows.</summary>
internal sealed unsafe class StepTensor<T> : IDisposable
    where T : unmanaged
{
    private readonly Tensor _tensor;
    private readonly long[] _shape;
    private readonly int _rows;
    private int _capacity;

    private StepTensor(ElementType type, long[] shape)
    {
        _shape = shape;
        _tensor = Tensor.Allocate(type, shape);
        _capacity = 1;
        _rows = 1;
        foreach (long dimension in shape)
            _rows = checked((int)(_rows * dimension));
    }

    /// <summary>An input of one number.</summary>
    public static StepTensor<T> Scalar(ElementType type) => new(type, []);

    /// <summary>An input of the shape [leading…, length].</summary>
    public static StepTensor<T> Create(ElementType type, params ReadOnlySpan<long> leading) => new(type, [.. leading, 1]);

    /// <summary>Makes it an input of a request.</summary>
    public void BindTo(InferRequest request, int input) => request.SetInput(input, _tensor);

    /// <summary>Gives it a length, which a scalar has not, and returns all its elements, which the caller overwrites.</summary>
    public Span<T> Resize(int length)
    {
        if (_shape.Length > 0 && _shape[^1] != length)
        {
            if (length > _capacity)
            {
                // In doubles: a shape that does not fit takes new memory.
                _capacity = Math.Max(length, 2 * _capacity);
                SetLength(_capacity);
            }

            SetLength(length);
        }

        return new Span<T>(_tensor.Data, length * _rows);
    }

    /// <inheritdoc/>
    public void Dispose() => _tensor.Dispose();

    private void SetLength(int length)
    {
        _shape[^1] = length;
        _tensor.SetShape(_shape);
    }
}
