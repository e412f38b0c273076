# A formula for Homebrew. `fill.py` writes address, digest and the packages that it needs into it.
class Mmtui < Formula
  include Language::Python::Virtualenv

  desc "Flight simulator for market makers, in the terminal"
  homepage "@HOMEPAGE@"
  url "@URL@"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "cryptography"
  depends_on "numpy"
  depends_on "python@3.13"

@RESOURCES@

  def install
    virtualenv_install_with_resources
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/mmtui --version")
    assert_match "skew", shell_output("#{bin}/mmtui run skew --strategy skew --seeds 1")
  end
end
