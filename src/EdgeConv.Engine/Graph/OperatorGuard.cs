using EdgeConv.Core;

namespace EdgeConv.Engine.Graph;

/// <summary>Calls an operator on what a file says while a model is loaded.</summary>
internal static class OperatorGuard
{
    /// <summary>
    /// The result of <paramref name="call"/>. An operator checks what its specification says; arithmetic on
    /// hostile numbers that it did not foresee becomes an error of the model here, not one of the program.
    /// </summary>
    /// <exception cref="ModelError">The operator does not accept the node.</exception>
    public static T Call<T>(Node node, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception error) when (error
            is ArgumentException or ArithmeticException
            or IndexOutOfRangeException or InvalidOperationException)
        {
            throw new ModelError(
                node.Place, $"its attributes and inputs do not fit together ({error.Message})", error);
        }
    }
}
